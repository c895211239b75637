import { anyModel } from "../model/any-model.ts";
import type { ChatRequest, Message, ResponseFormat, TextPart } from "../model/request.ts";
import { namePictures } from "./picture-text.ts";

/** `JSON format: { "title": "…" }`, as clients show in a prompt what they read. Values are texts, or lists of them. */
const shownForm = /json[^{}]{0,300}(\{[^{}]*\})/i;

function toSchema(value: unknown): Record<string, unknown> {
  return Array.isArray(value) ? { type: "array", items: { type: "string" } } : { type: "string" };
}

function findForm(messages: readonly Message[]): ResponseFormat | undefined {
  const texts = messages.flatMap(({ parts }) => parts.flatMap((part) => ("text" in part ? [part.text] : [])));
  const shown = texts.map((text) => shownForm.exec(text)?.[1]).findLast((form) => form !== undefined);
  if (shown === undefined) return undefined;
  let example: unknown;
  try {
    example = JSON.parse(shown);
  } catch {
    // It is described in some other way, which the model reads itself.
    return undefined;
  }
  if (typeof example !== "object" || example === null) return undefined;
  const fields = Object.entries(example).filter(
    ([, value]) => typeof value === "string" || Array.isArray(value),
  );
  if (fields.length === 0) return undefined;
  const properties = Object.fromEntries(fields.map(([name, value]) => [name, toSchema(value)]));
  const schema = { type: "object", properties, required: Object.keys(properties) };
  return { kind: "json-schema", name: "answer", schema };
}

function toText(text: string): TextPart {
  return { type: "text", text: namePictures(text) };
}

/** Pictures by what they show: the model that writes need not see them to find a title. */
function withoutPictures(message: Message): Message {
  switch (message.role) {
    case "user":
      return {
        ...message,
        parts: message.parts.map((part) =>
          part.type === "text" ? toText(part.text) : part.type === "image" ? toText("[An image]") : part,
        ),
      };
    case "assistant":
      return {
        ...message,
        parts: message.parts.map((part) => (part.type === "text" ? toText(part.text) : part)),
      };
    default:
      return message;
  }
}

/**
 * The request for a model that writes in place of one that draws (see `wantsWords`). A form that is only shown in words
 * becomes one that the gateway checks, since clients read these answers by program.
 */
export function toWordsRequest(request: ChatRequest): ChatRequest {
  const { messages, responseFormat } = request;
  return {
    ...request,
    model: anyModel,
    messages: messages.map(withoutPictures),
    responseFormat: responseFormat.kind === "text" ? (findForm(messages) ?? responseFormat) : responseFormat,
  };
}
