import type { ReasoningPart, TextPart, ToolCallPart } from "../../model/request.ts";
import { asObject, parseJson } from "./read-json.ts";
import type { ServerRules } from "./server-rules.ts";
import type { WireCall, WireMessage } from "./wire.ts";

/** Encodes what the assistant said: text, calls, and its thinking in the fields that the server reads. */
export function encodeAssistant(
  parts: readonly (TextPart | ReasoningPart | ToolCallPart)[],
  rules: ServerRules,
  {
    details,
    toCallId,
  }: { readonly details: readonly unknown[] | undefined; readonly toCallId: (callId: string) => string },
): WireMessage {
  const text = parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
  const thinking = parts.flatMap((part) => (part.type === "reasoning" ? [part.text] : [])).join("");
  const calls = parts
    .filter((part) => part.type === "tool-call")
    .map((call) => encodeCall(call, toCallId(call.callId)));
  const fields = thinking === "" ? [] : rules.reasoningFields.map((field) => [field, thinking] as const);
  return {
    role: "assistant",
    // Without calls there must be a text, if an empty one.
    content: text === "" && calls.length > 0 ? null : text,
    ...Object.fromEntries(fields),
    ...(rules.reasoningDetails && details !== undefined && details.length > 0
      ? { reasoning_details: details }
      : {}),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function encodeCall(call: ToolCallPart, id: string): WireCall {
  return {
    id,
    type: "function",
    function: { name: call.name, arguments: toArguments(call.arguments) },
  };
}

/**
 * Arguments of the history as a JSON object: llama.cpp answers 500 and Ollama 400 to anything else. What the model wrote wrongly
 * is shown to it as one argument.
 */
function toArguments(text: string): string {
  if (text.trim() === "") return "{}";
  const value = parseJson(text);
  if (asObject(value) !== undefined) return text;
  return JSON.stringify({ arguments: value === undefined ? text : value });
}
