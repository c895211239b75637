import type { DeclaredTool } from "./tool-table.ts";
import type { ItemStatus, OutputItem, OutputText } from "./wire.ts";

/** A part of a message. */
export function encodeOutputText(text: string): OutputText {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

/** A message with one part, or with none while it has only begun. */
export function encodeMessage(id: string, status: ItemStatus, text: string | undefined): OutputItem {
  const content = text === undefined ? [] : [encodeOutputText(text)];
  return { type: "message", id, status, role: "assistant", content };
}

/**
 * Thinking; `text` is undefined while it has only begun. It stands in the summary, whether one was asked for or
 * not: Codex and the AI SDK show nothing else. The item has no status, as OpenAI's has none.
 */
export function encodeReasoning(id: string, text: string | undefined): OutputItem {
  return { type: "reasoning", id, summary: text === undefined ? [] : [{ type: "summary_text", text }] };
}

/** The fields that name a call, as the client declared the tool: never the name that the model was told. */
function encodeCallFields(tool: DeclaredTool, callId: string) {
  return {
    call_id: callId,
    name: tool.name,
    ...(tool.namespace === undefined ? {} : { namespace: tool.namespace }),
  };
}

/** A call of a function; `text` is its raw JSON arguments so far. */
export function encodeFunctionCall(
  id: string,
  status: ItemStatus,
  tool: DeclaredTool,
  callId: string,
  text: string,
): OutputItem {
  return { type: "function_call", id, status, ...encodeCallFields(tool, callId), arguments: text };
}

/** A call of a custom tool; `text` is its free-form input so far. */
export function encodeCustomToolCall(
  id: string,
  status: ItemStatus,
  tool: DeclaredTool,
  callId: string,
  text: string,
): OutputItem {
  return { type: "custom_tool_call", id, status, ...encodeCallFields(tool, callId), input: text };
}
