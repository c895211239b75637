import { GatewayError } from "../../errors.ts";
import type { Message, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from "../../model/request.ts";
import { createCallOrder } from "../call-order.ts";
import { readBuiltInCall, renderShellOutput } from "./built-in-calls.ts";
import type { InputItem } from "./input-schema.ts";
import { parseParts, parseResultContent, parseTexts } from "./parse-parts.ts";
import { readReasoning } from "./read-reasoning.ts";
import type { ToolTable } from "./tool-table.ts";

/** An item and where it stands in the request, for error messages. */
export interface PlacedItem {
  readonly item: InputItem;
  readonly param: string;
}

/** A call without its id: that depends on what else stands in the conversation. */
type ReadCall = Pick<ToolCallPart, "name" | "arguments"> & { readonly id: string | undefined };

function readCall(item: InputItem, tools: ToolTable): ReadCall | undefined {
  switch (item.type) {
    case "function_call":
      return {
        id: item.call_id,
        name: tools.toOfferedName(item.name, item.namespace),
        arguments: item.arguments,
      };
    case "custom_tool_call":
      // The form in which the model knows custom tools.
      return {
        id: item.call_id,
        name: tools.toOfferedName(item.name, item.namespace),
        arguments: JSON.stringify({ input: item.input }),
      };
    case "local_shell_call":
    case "shell_call":
    case "apply_patch_call": {
      const { type, arguments: written } = readBuiltInCall(item);
      return { id: item.call_id ?? item.id, name: tools.toBuiltInName(type), arguments: written };
    }
    default:
      return undefined;
  }
}

/** A result and the names of the call that it says it answers. */
type ReadResult = Pick<ToolResultPart, "content" | "isError"> & {
  readonly id: string | undefined;
  readonly name?: string | undefined;
};

function readResult({ item, param }: PlacedItem, tools: ToolTable): ReadResult | undefined {
  switch (item.type) {
    case "function_call_output":
    case "custom_tool_call_output": {
      const name = item.name === undefined ? undefined : tools.toOfferedName(item.name, item.namespace);
      const content = parseResultContent(item.output, `${param}.output`);
      return { id: item.call_id, name, content, isError: false };
    }
    case "local_shell_call_output": {
      // It names its call by `id` in OpenAI's own reference, by `call_id` elsewhere.
      const content = parseResultContent(item.output, `${param}.output`);
      return { id: item.call_id ?? item.id, content, isError: false };
    }
    case "shell_call_output":
      return {
        id: item.call_id,
        content: [{ type: "text", text: renderShellOutput(item) }],
        isError: false,
      };
    case "apply_patch_call_output": {
      const isError = item.status === "failed";
      const text = item.output ?? (isError ? "The patch could not be applied." : "The patch was applied.");
      return { id: item.call_id, content: [{ type: "text", text }], isError };
    }
    default:
      return undefined;
  }
}

/** The message that more may come to. */
type OpenMessage =
  | { readonly role: "none" }
  | { readonly role: "assistant"; readonly parts: (TextPart | ReasoningPart | ToolCallPart)[] }
  | { readonly role: "tool"; readonly parts: ToolResultPart[] };

/**
 * Turns items into turns. What the assistant thought, said and called in a row is one turn, and so are the results of
 * its calls. Thinking that can't be read, hosted tools' calls and other items that only OpenAI's models read are left out. Throws
 * `invalid-request` for a result without an id when no call waits for one.
 */
export function parseMessages(items: readonly PlacedItem[], tools: ToolTable): Message[] {
  const messages: Message[] = [];
  const order = createCallOrder();
  // The parts of the last message, while more may come to it: each is added once, however many there are.
  let open: OpenMessage = { role: "none" };

  function add(message: Message): void {
    messages.push(message);
    open = { role: "none" };
  }

  function addToAssistant(parts: readonly (TextPart | ReasoningPart | ToolCallPart)[]): void {
    if (parts.length === 0) return;
    if (open.role !== "assistant") {
      open = { role: "assistant", parts: [] };
      messages.push(open);
    }
    for (const part of parts) open.parts.push(part);
  }

  function addResult(part: ToolResultPart): void {
    if (open.role !== "tool") {
      open = { role: "tool", parts: [] };
      messages.push(open);
    }
    open.parts.push(part);
  }

  function addCall({ id, ...call }: ReadCall, index: number): void {
    const callId = id ?? `call_${index}`;
    order.add(callId, call.name);
    addToAssistant([{ type: "tool-call", callId, ...call }]);
  }

  function answerCall({ id, name, ...result }: ReadResult, param: string): void {
    const callId = order.answer(id, name);
    if (callId !== undefined) return addResult({ type: "tool-result", callId, ...result });
    const field = `${param}.call_id`;
    const text = `'${field}' is missing, and no call before it is without a result.`;
    throw new GatewayError("invalid-request", text, { param: field });
  }

  for (const [index, placed] of items.entries()) {
    const { item, param } = placed;
    const call = readCall(item, tools);
    if (call !== undefined) addCall(call, index);
    const result = readResult(placed, tools);
    if (result !== undefined) answerCall(result, param);
    if (item.type === "other" && item.item.type === "reasoning") {
      const thinking = readReasoning(item.item);
      if (thinking !== "") addToAssistant([{ type: "reasoning", text: thinking }]);
    }
    if (item.type !== "message") continue;
    const at = `${param}.content`;
    if (item.role === "assistant") addToAssistant(parseTexts(item.content, at));
    else if (item.role === "user") add({ role: "user", parts: parseParts(item.content, at) });
    else add({ role: "system", parts: parseTexts(item.content, at) });
  }
  return messages;
}
