import { GatewayError } from "../../errors.ts";
import type { Message, TextPart, ToolCallPart } from "../../model/request.ts";
import { createCallOrder } from "../call-order.ts";
import { parseOllamaImages } from "../ollama-images.ts";
import type { WireMessage } from "./message-schema.ts";

/**
 * Turns wire messages into canonical ones; assistant messages that hold nothing are left out. Clients need not say which call a result
 * answers: it is the one of that id, else the first of that name that has no result yet, else the first of all.
 */
export function parseMessages(messages: readonly WireMessage[]): Message[] {
  const order = createCallOrder();

  function parseMessage(message: WireMessage, index: number): Message[] {
    const { role, content = "", images } = message;
    const param = `messages[${index}]`;
    switch (role) {
      case "system":
      case "developer":
        return [{ role: "system", parts: [{ type: "text", text: content }] }];
      case "user":
        return [{ role, parts: [...toText(content), ...parseOllamaImages(images, `${param}.images`)] }];
      case "tool": {
        const result = [
          { type: "text" as const, text: content },
          ...parseOllamaImages(images, `${param}.images`),
        ];
        const callId = findCall(message, param);
        return [{ role, parts: [{ type: "tool-result", callId, content: result, isError: false }] }];
      }
      default: {
        const { thinking = "" } = message;
        const parts = [
          ...(thinking === "" ? [] : [{ type: "reasoning" as const, text: thinking }]),
          ...(content === "" ? [] : toText(content)),
          ...parseCalls(message, index),
        ];
        return parts.length === 0 ? [] : [{ role, parts }];
      }
    }
  }

  function parseCalls({ tool_calls: calls = [] }: WireMessage, index: number): ToolCallPart[] {
    return calls.map(({ id, function: { name, arguments: text = "{}" } }, at): ToolCallPart => {
      const callId = id ?? `call_${index}_${at}`;
      order.add(callId, name);
      return { type: "tool-call", callId, name, arguments: text };
    });
  }

  function findCall({ tool_call_id: id, tool_name: tool, name }: WireMessage, param: string): string {
    const found = order.adopt(id, tool ?? name);
    if (found !== undefined) return found;
    throw new GatewayError(
      "invalid-request",
      `'${param}' is the result of a call, and no call before it is without a result.`,
      { param },
    );
  }

  const parsed = messages.flatMap(parseMessage);
  if (parsed.length === 0) {
    throw new GatewayError("invalid-request", "'messages' holds no text.", { param: "messages" });
  }
  return parsed;
}

function toText(text: string): TextPart[] {
  return [{ type: "text", text }];
}
