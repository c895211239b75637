import { GatewayError, shorten } from "../../errors.ts";
import type { ImagePart, Message, TextPart, ToolCallPart } from "../../model/request.ts";
import { createCallOrder } from "../call-order.ts";
import type { WireMessage } from "./message-schema.ts";
import { only, parseParts } from "./parse-parts.ts";

/**
 * Turns wire messages into canonical ones. Adjacent `tool` messages stay apart; assistant messages that hold
 * nothing are left out. Calls without an id, as the legacy function calls are, get one; results without one belong
 * to the first call that has no result yet.
 */
export function parseMessages(messages: readonly WireMessage[]): Message[] {
  const legacyIds = new Map<string, string>();
  const order = createCallOrder();
  const speakers = findSpeakers(messages);

  /** The call that a result answers. */
  function findCall(id: string | undefined, index: number): string {
    const found = order.answer(id);
    if (found !== undefined) return found;
    const param = `messages[${index}].tool_call_id`;
    const text = `'${param}' is missing, and no call before it is without a result.`;
    throw new GatewayError("invalid-request", text, { param });
  }

  function parseMessage(message: WireMessage, index: number): Message[] {
    const param = `messages[${index}].content`;
    switch (message.role) {
      case "system":
      case "developer":
        return [
          { role: "system", parts: only(parseParts(message.content, param), ["text"], param, message.role) },
        ];
      case "user":
        return [{ role: "user", parts: [...nameParts(message), ...parseParts(message.content, param)] }];
      case "tool": {
        const content = only(parseParts(message.content, param), ["text", "image"], param, "tool");
        return [toolMessage(findCall(message.tool_call_id, index), content)];
      }
      case "function": {
        const content = only(parseParts(message.content ?? "", param), ["text", "image"], param, "function");
        return [toolMessage(legacyIds.get(message.name) ?? `call_${message.name}`, content)];
      }
      default: {
        const reasoning = message.reasoning_content || message.reasoning || "";
        const text = message.content ?? message.refusal ?? "";
        const parts = [
          ...(reasoning === "" ? [] : [{ type: "reasoning" as const, text: reasoning }]),
          ...(text === ""
            ? []
            : [...nameParts(message), ...only(parseParts(text, param), ["text"], param, "assistant")]),
          ...parseCalls(message, index),
        ];
        return parts.length === 0 ? [] : [{ role: "assistant", parts }];
      }
    }
  }

  function parseCalls(message: Extract<WireMessage, { role: "assistant" }>, index: number): ToolCallPart[] {
    const calls = (message.tool_calls ?? []).map(
      ({ id, function: { name, arguments: text } }, at): ToolCallPart => {
        return { type: "tool-call", callId: id ?? `call_${index}_${at}`, name, arguments: text };
      },
    );
    for (const call of calls) order.add(call.callId, call.name);
    const legacy = message.function_call;
    if (legacy === undefined) return calls;
    const callId = `call_legacy_${index}`;
    legacyIds.set(legacy.name, callId);
    return [...calls, { type: "tool-call", callId, name: legacy.name, arguments: legacy.arguments }];
  }

  /** Who says it, in front of what is said: the upstream has no field for names. */
  function nameParts(message: { readonly role: string; readonly name?: string | undefined }): TextPart[] {
    const name = (message.name ?? "").replace(/\s+/g, " ").trim();
    if (name === "" || !speakers.has(message.role)) return [];
    return [{ type: "text", text: `[Message from ${shorten(name, 64)}]` }];
  }

  const parsed = messages.flatMap(parseMessage);
  if (parsed.length === 0) {
    throw new GatewayError("invalid-request", "'messages' holds no text.", { param: "messages" });
  }
  return parsed;
}

/**
 * The roles whose messages need the name of who speaks. A user's always does, since the model may answer by name. The
 * assistant's only where several agents speak in its role: the model would otherwise begin its answers so.
 */
function findSpeakers(messages: readonly WireMessage[]): ReadonlySet<string> {
  const agents = new Set<string>();
  for (const message of messages) {
    if (message.role === "assistant" && message.name !== undefined) agents.add(message.name);
  }
  return new Set(agents.size > 1 ? ["user", "assistant"] : ["user"]);
}

function toolMessage(callId: string, content: readonly (TextPart | ImagePart)[]): Message {
  return { role: "tool", parts: [{ type: "tool-result", callId, content, isError: false }] };
}
