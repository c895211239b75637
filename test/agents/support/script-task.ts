import type { ChatBody, RecordedRequest, Simulator } from "../../../src/simulator/index.ts";
import type { Turn } from "./agent.ts";
import { renderCalls, type Syntax } from "./render-call.ts";

/** What the model says at the end. */
export const report = "Done: sum.js subtracted instead of adding. The test passes now.";

/** What the model thinks in every turn. */
export const thought = "The user wants a passing test, so I go step by step.";

/** Whether a request belongs to the conversation itself; opencode also asks for a title, at the same time. */
export function isConversation({ system = "" }: ChatBody): boolean {
  return !system.startsWith("You are a title generator");
}

/** Queues a model's side of the task: every turn with thinking and words before its calls, then the report. */
export function scriptTask(simulator: Simulator, turns: readonly Turn[], syntax: Syntax): void {
  simulator.enqueue({ when: (body) => !isConversation(body), text: "Mending a sum", reasoning: thought });
  for (const { say, calls } of turns) {
    const text = `${say}\n\n${renderCalls(syntax, calls)}`;
    simulator.enqueue({ when: isConversation, text, reasoning: thought });
  }
  simulator.enqueue({ when: isConversation, text: report, reasoning: thought });
}

/** The upstream requests of the conversation so far. */
export function conversation(simulator: Simulator): RecordedRequest[] {
  return simulator.chats.filter(({ body }) => isConversation(body as ChatBody));
}

/** All messages of the conversation's last request, as text. */
export function lastMessages(simulator: Simulator): string {
  const body = conversation(simulator).at(-1)?.body as ChatBody | undefined;
  return (body?.messages ?? []).map(({ content }) => content).join("\n");
}
