import type { ChatRequest, Message } from "../model/request.ts";

/** A request with one user turn, everything else at its default. */
export function createQuestion(model: string, question: string, system?: string): ChatRequest {
  const messages: Message[] = [{ role: "user", parts: [{ type: "text", text: question }] }];
  if (system !== undefined) messages.unshift({ role: "system", parts: [{ type: "text", text: system }] });
  return {
    model,
    messages,
    tools: [],
    toolChoice: { kind: "auto" },
    parallelToolCalls: true,
    responseFormat: { kind: "text" },
    sampling: {},
    stopSequences: [],
    reasoning: "field",
  };
}
