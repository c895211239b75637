import type { Message, TextPart, ToolCallPart, ToolResultPart } from "../../model/request.ts";
import { readBuiltInCall, renderShellOutput } from "./built-in-calls.ts";
import type { InputItem } from "./input-schema.ts";
import { toParts, toResultContent, toTexts } from "./parts.ts";
import type { ToolTable } from "./tool-table.ts";

/** An item and where it stands in the request, for error messages. */
export interface PlacedItem {
  readonly item: InputItem;
  readonly param: string;
}

function toToolCall(item: InputItem, tools: ToolTable): ToolCallPart | undefined {
  switch (item.type) {
    case "function_call": {
      const name = tools.toOfferedName(item.name, item.namespace);
      return { type: "tool-call", callId: item.call_id, name, arguments: item.arguments };
    }
    case "custom_tool_call": {
      const name = tools.toOfferedName(item.name, item.namespace);
      // The form in which the model knows custom tools.
      return {
        type: "tool-call",
        callId: item.call_id,
        name,
        arguments: JSON.stringify({ input: item.input }),
      };
    }
    case "local_shell_call":
    case "shell_call":
    case "apply_patch_call": {
      const { type, arguments: written } = readBuiltInCall(item);
      const callId = item.call_id ?? item.id ?? "";
      return { type: "tool-call", callId, name: tools.toBuiltInName(type), arguments: written };
    }
    default:
      return undefined;
  }
}

function toToolResult({ item, param }: PlacedItem): ToolResultPart | undefined {
  switch (item.type) {
    case "function_call_output":
    case "custom_tool_call_output":
    case "local_shell_call_output": {
      // A shell's output names its call by `id` in OpenAI's own reference, by `call_id` elsewhere.
      const callId = item.call_id ?? (typeof item.id === "string" ? item.id : "");
      return {
        type: "tool-result",
        callId,
        content: toResultContent(item.output, `${param}.output`),
        isError: false,
      };
    }
    case "shell_call_output": {
      const text = renderShellOutput(item);
      return { type: "tool-result", callId: item.call_id, content: [{ type: "text", text }], isError: false };
    }
    case "apply_patch_call_output": {
      const isError = item.status === "failed";
      const text = item.output ?? (isError ? "The patch could not be applied." : "The patch was applied.");
      return { type: "tool-result", callId: item.call_id, content: [{ type: "text", text }], isError };
    }
    default:
      return undefined;
  }
}

/**
 * Turns items into turns. What the assistant said and called in a row is one turn, and so are the results of
 * its calls. Reasoning, hosted tools' calls and other items that only OpenAI's models read are left out.
 */
export function toMessages(items: readonly PlacedItem[], tools: ToolTable): Message[] {
  const messages: Message[] = [];
  // The parts of the last message, while more may come to it: each is added once, however many there are.
  let spoken: (TextPart | ToolCallPart)[] | undefined;
  let results: ToolResultPart[] | undefined;

  function add(message: Message): void {
    messages.push(message);
    spoken = undefined;
    results = undefined;
  }

  function addToAssistant(parts: readonly (TextPart | ToolCallPart)[]): void {
    if (spoken === undefined) {
      if (parts.length === 0) return;
      const own: (TextPart | ToolCallPart)[] = [];
      add({ role: "assistant", parts: own });
      spoken = own;
    }
    for (const part of parts) spoken.push(part);
  }

  function addResult(part: ToolResultPart): void {
    if (results === undefined) {
      const own: ToolResultPart[] = [];
      add({ role: "tool", parts: own });
      results = own;
    }
    results.push(part);
  }

  for (const placed of items) {
    const { item, param } = placed;
    const call = toToolCall(item, tools);
    if (call !== undefined) addToAssistant([call]);
    const result = toToolResult(placed);
    if (result !== undefined) addResult(result);
    if (item.type !== "message") continue;
    const at = `${param}.content`;
    if (item.role === "assistant") addToAssistant(toTexts(item.content, at));
    else if (item.role === "user") add({ role: "user", parts: toParts(item.content, at) });
    else add({ role: "system", parts: toTexts(item.content, at) });
  }
  return messages;
}
