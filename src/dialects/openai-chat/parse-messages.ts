import { GatewayError } from "../../errors.ts";
import type { FilePart, ImagePart, Message, TextPart, ToolCallPart } from "../../model/request.ts";
import { parseFile, parseImageUrl } from "./media.ts";
import type { WireContent, WireMessage, WirePart } from "./message-schema.ts";

type AnyPart = TextPart | ImagePart | FilePart;

function toPart(part: WirePart, param: string): AnyPart {
  switch (part.type) {
    case "text":
    case "input_text":
    case "output_text":
      return { type: "text", text: part.text };
    case "refusal":
      return { type: "text", text: part.refusal };
    case "image_url":
    case "input_image":
      return parseImageUrl(part.image_url, `${param}.image_url`);
    case "file":
      return parseFile(part.file, `${param}.file`);
    default:
      throw new GatewayError("unsupported", `'${param}' is audio, which Akash Chat can't hear. Send text.`, {
        param,
      });
  }
}

function toParts(content: WireContent, param: string): AnyPart[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.map((part, index) => toPart(part, `${param}[${index}]`));
}

/** Narrows parts to the kinds that a role may have. */
function only<K extends AnyPart["type"]>(
  parts: readonly AnyPart[],
  kinds: readonly K[],
  param: string,
  role: string,
) {
  return parts.map((part, index) => {
    // `includes` wants a K to ask for, and narrows nothing.
    if ((kinds as readonly string[]).includes(part.type)) return part as Extract<AnyPart, { type: K }>;
    const where = `${param}[${index}]`;
    throw new GatewayError("invalid-request", `'${where}' must be text in a message of role ${role}.`, {
      param: where,
    });
  });
}

/**
 * Turns wire messages into canonical ones. Adjacent `tool` messages stay apart; assistant messages that hold
 * nothing are left out. Ids of the legacy function calls, which have none, are made from their order.
 */
export function parseChatMessages(messages: readonly WireMessage[]): Message[] {
  const legacyIds = new Map<string, string>();

  function parseMessage(message: WireMessage, index: number): Message[] {
    const param = `messages[${index}].content`;
    switch (message.role) {
      case "system":
      case "developer":
        return [
          { role: "system", parts: only(toParts(message.content, param), ["text"], param, message.role) },
        ];
      case "user":
        return [{ role: "user", parts: toParts(message.content, param) }];
      case "tool": {
        const content = only(toParts(message.content, param), ["text", "image"], param, "tool");
        return [toolMessage(message.tool_call_id, content)];
      }
      case "function": {
        const content = only(toParts(message.content ?? "", param), ["text", "image"], param, "function");
        return [toolMessage(legacyIds.get(message.name) ?? `call_${message.name}`, content)];
      }
      default: {
        const reasoning = message.reasoning_content ?? message.reasoning ?? "";
        const text = message.content ?? message.refusal ?? "";
        const parts = [
          ...(reasoning === "" ? [] : [{ type: "reasoning" as const, text: reasoning }]),
          ...(text === "" ? [] : only(toParts(text, param), ["text"], param, "assistant")),
          ...parseCalls(message, index),
        ];
        return parts.length === 0 ? [] : [{ role: "assistant", parts }];
      }
    }
  }

  function parseCalls(message: Extract<WireMessage, { role: "assistant" }>, index: number): ToolCallPart[] {
    const calls = (message.tool_calls ?? []).map((call): ToolCallPart => {
      const { name, arguments: text } = call.function;
      return { type: "tool-call", callId: call.id, name, arguments: text };
    });
    const legacy = message.function_call;
    if (legacy === undefined) return calls;
    const callId = `call_legacy_${index}`;
    legacyIds.set(legacy.name, callId);
    return [...calls, { type: "tool-call", callId, name: legacy.name, arguments: legacy.arguments }];
  }

  const parsed = messages.flatMap(parseMessage);
  if (parsed.length === 0) {
    throw new GatewayError("invalid-request", "'messages' holds no text.", { param: "messages" });
  }
  return parsed;
}

function toolMessage(callId: string, content: readonly (TextPart | ImagePart)[]): Message {
  return { role: "tool", parts: [{ type: "tool-result", callId, content, isError: false }] };
}
