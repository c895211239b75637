import { GatewayError, shorten } from "../../errors.ts";
import type { FilePart, ImagePart, Message, TextPart, ToolCallPart } from "../../model/request.ts";
import { createCallOrder } from "../call-order.ts";
import { parseFile, parseImageUrl } from "./parse-parts.ts";
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
      throw new GatewayError(
        "unsupported",
        `'${param}' is audio (input_audio), which Akash Chat can't hear. Send text.`,
        {
          param,
        },
      );
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
          { role: "system", parts: only(toParts(message.content, param), ["text"], param, message.role) },
        ];
      case "user":
        return [{ role: "user", parts: [...nameParts(message), ...toParts(message.content, param)] }];
      case "tool": {
        const content = only(toParts(message.content, param), ["text", "image"], param, "tool");
        return [toolMessage(findCall(message.tool_call_id, index), content)];
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
          ...(text === ""
            ? []
            : [...nameParts(message), ...only(toParts(text, param), ["text"], param, "assistant")]),
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
