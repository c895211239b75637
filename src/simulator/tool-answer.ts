import { chooseCalls, type SimulatedCall } from "./choose-calls.ts";
import { readOfferedTools } from "./offered-tools.ts";
import type { ChatBody } from "./types.ts";

/**
 * What a model that was offered tools says: a call when a tool suits the last message, words about the results once
 * they are there, `undefined` when tools don't come into it.
 */
export function toolAnswer(body: ChatBody): string | undefined {
  const system = body.system ?? "";
  if (!/<tool_call>|<function_calls>/.test(system)) return undefined;
  const question = body.messages.at(-1)?.content ?? "";
  if (/<tool_response\b/.test(question)) return aboutResults(question);

  const calls = chooseCalls(readOfferedTools(system), question, {
    named: /you must call the tool ([\w.:/-]+)/.exec(system)?.[1],
    forced: /you must call a tool/.test(system),
    single: /at most one call/.test(system),
  });
  if (calls.length === 0) return undefined;
  return calls.map((call) => writeCall(call, system)).join("\n");
}

function aboutResults(turn: string): string {
  const results = [...turn.matchAll(/<tool_response([^>]*)>\n?([^]*?)\n?<\/tool_response/g)];
  const said = results.map(([, label = "", content = ""]) => {
    const name = /name="([^"]*)"/.exec(label)?.[1] ?? "The tool";
    return /error="true"/.test(label)
      ? `${name} failed: ${content.trim()}`
      : `${name} says: ${content.trim()}`;
  });
  return said.join("\n\n");
}

/** The call in the form that the prompt teaches, if it is one of the two known ones. */
function writeCall({ name, input }: SimulatedCall, system: string): string {
  if (!/<invoke name=/.test(system)) {
    return `<tool_call>\n${JSON.stringify({ name, arguments: input })}\n</tool_call>`;
  }
  const parameters = Object.entries(input).map(([key, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return `<parameter name="${key}">${text}</parameter>\n`;
  });
  return `<function_calls>\n<invoke name="${name}">\n${parameters.join("")}</invoke>\n</function_calls>`;
}
