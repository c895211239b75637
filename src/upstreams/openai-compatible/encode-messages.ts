import { GatewayError } from "../../errors.ts";
import type { FilePart, ImagePart, Message, TextPart, ToolResultPart } from "../../model/request.ts";
import { encodeAssistant } from "./encode-assistant.ts";
import type { ServerRules } from "./server-rules.ts";
import type { WireMessage, WirePart } from "./wire.ts";

type ToCallId = (callId: string) => string;

/** What decides how messages are encoded, besides the server. */
export interface EncodeMessagesOptions {
  /** Default: nothing was given. */
  readonly findDetails?: FindReasoningDetails | undefined;
  /** What the model calls the call of an id. Default: as it is. */
  readonly toCallId?: ToCallId;
}

/** Finds what OpenRouter gave beside an earlier answer, for the message that has it. */
export type FindReasoningDetails = (message: Message) => readonly unknown[] | undefined;

const gap = "\n\n";

/**
 * Encodes the conversation of a lowered request, whose turns fit. Pictures in the results of tools follow all of them in a user
 * turn, since the role `tool` takes text alone. Throws kind `unsupported` for a picture by its address where the server fetches none.
 */
export function encodeMessages(
  messages: readonly Message[],
  rules: ServerRules,
  { findDetails = () => undefined, toCallId = (callId) => callId }: EncodeMessagesOptions = {},
): readonly WireMessage[] {
  const encoded: WireMessage[] = [];
  /** Pictures of the results before. */
  let pictures: readonly WirePart[] = [];

  function endResults(): void {
    if (pictures.length > 0) encoded.push({ role: "user", content: pictures });
    pictures = [];
  }

  for (const message of messages) {
    switch (message.role) {
      case "system":
        encoded.push({ role: "system", content: message.parts.map(({ text }) => text).join(gap) });
        break;
      case "user": {
        const parts = [...pictures, ...message.parts.map((part) => encodePart(part, rules))];
        pictures = [];
        encoded.push({ role: "user", content: joinParts(parts) });
        break;
      }
      case "assistant":
        endResults();
        encoded.push(encodeAssistant(message.parts, rules, { details: findDetails(message), toCallId }));
        break;
      case "tool":
        encoded.push(...message.parts.map((result) => encodeResult(result, toCallId)));
        pictures = message.parts.flatMap((result) => encodePictures(result, rules, toCallId));
        break;
    }
  }
  endResults();
  return encoded;
}

function encodeResult({ callId, content, isError }: ToolResultPart, toCallId: ToCallId): WireMessage {
  const texts = content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  const text = texts.length === 0 && content.length > 0 ? "[The picture follows.]" : texts.join("\n");
  return { role: "tool", tool_call_id: toCallId(callId), content: isError ? `Error: ${text}` : text };
}

function encodePictures(
  { callId, content }: ToolResultPart,
  rules: ServerRules,
  toCallId: ToCallId,
): readonly WirePart[] {
  const images = content.filter((part) => part.type === "image");
  if (images.length === 0) return [];
  const label = { type: "text", text: `[The picture of the result ${toCallId(callId)}:]` } as const;
  return [label, ...images.map((image) => encodePart(image, rules))];
}

/** Text alone is a string, which all servers take. */
function joinParts(parts: readonly WirePart[]): string | readonly WirePart[] {
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return texts.length === parts.length ? texts.join(gap) : parts;
}

function encodePart(part: TextPart | ImagePart | FilePart, rules: ServerRules): WirePart {
  if (part.type === "image") return { type: "image_url", image_url: { url: toImageUrl(part, rules) } };
  if (part.type === "text") return { type: "text", text: part.text };
  const head = `<file name=${JSON.stringify(part.name)} type=${JSON.stringify(part.mediaType)}>`;
  return { type: "text", text: `${head}\n${part.text}\n</file>` };
}

function toImageUrl({ source }: ImagePart, rules: ServerRules): string {
  if (source.kind === "data") return `data:${source.mediaType};base64,${source.base64}`;
  if (rules.fetchesImages) return source.url;
  throw new GatewayError(
    "unsupported",
    `${rules.title ?? "The server"} fetches no pictures: send them inline, as data: URLs, not by an http address.`,
    { param: "messages" },
  );
}
