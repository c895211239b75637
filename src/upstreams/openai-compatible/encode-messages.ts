import { GatewayError } from "../../errors.ts";
import type { FilePart, ImagePart, Message, TextPart } from "../../model/request.ts";
import { encodeAssistant } from "./encode-assistant.ts";
import type { ServerRules } from "./server-rules.ts";
import type { WireMessage, WirePart } from "./wire.ts";

/** Finds what OpenRouter gave beside an earlier answer, for the message that has it. */
export type FindReasoningDetails = (message: Message) => readonly unknown[] | undefined;

const gap = "\n\n";
const continueText =
  "Continue your last message exactly where it stopped. Write only what comes next; do not repeat any of it.";

/**
 * Encodes the conversation. Leading system messages become one; later ones stay in their place, marked in the user's turn
 * unless the server takes them as they are. Neighbouring user turns become one, since many chat templates insist on
 * alternation; a conversation that ends with the assistant's words asks to continue them. Pictures in the results of tools follow in a user turn, since the role `tool` takes text alone. A conversation
 * without a word of the user's gets one: templates refuse those without. Throws kind `unsupported` for a
 * picture by its address where the server fetches none.
 */
export function encodeMessages(
  messages: readonly Message[],
  rules: ServerRules,
  findDetails: FindReasoningDetails = () => undefined,
): readonly WireMessage[] {
  const system: string[] = [];
  const turns: WireMessage[] = [];
  let user: WirePart[] = [];
  /** Pictures of results, until the last result of the turn. */
  let pictures: WirePart[] = [];

  function endUser(): void {
    if (user.length > 0) turns.push({ role: "user", content: joinParts(user) });
    user = [];
  }

  function endResults(): void {
    user.push(...pictures);
    pictures = [];
  }

  let leading = true;
  for (const message of messages) {
    leading &&= message.role === "system";
    if (message.role !== "tool") endResults();
    switch (message.role) {
      case "system": {
        const text = message.parts.map((part) => part.text).join(gap);
        if (text.trim() === "") break;
        if (leading) system.push(text);
        else if (rules.systemAnywhere) {
          endUser();
          turns.push({ role: "system", content: text });
        } else user.push({ type: "text", text: `<system-message>\n${text}\n</system-message>` });
        break;
      }
      case "user":
        user.push(...message.parts.map((part) => encodePart(part, rules)));
        break;
      case "assistant":
        endUser();
        turns.push(encodeAssistant(message.parts, rules, findDetails(message)));
        break;
      case "tool":
        endUser();
        for (const result of message.parts) {
          const images = result.content.filter((part) => part.type === "image");
          const texts = result.content.flatMap((part) => (part.type === "text" ? [part.text] : []));
          if (images.length > 0) {
            pictures.push({ type: "text", text: `[The picture of the result ${result.callId}:]` });
            pictures.push(...images.map((image) => encodePart(image, rules)));
            if (texts.length === 0) texts.push("[The picture follows.]");
          }
          const text = texts.join("\n");
          const content = result.isError ? `Error: ${text}` : text;
          turns.push({ role: "tool", tool_call_id: result.callId, content });
        }
        break;
    }
  }
  endResults();
  endUser();
  if (turns.every(({ role }) => role === "system")) turns.push({ role: "user", content: "Begin." });
  else if (turns.at(-1)?.role === "assistant") turns.push({ role: "user", content: continueText });
  return system.length === 0 ? turns : [{ role: "system", content: system.join(gap) }, ...turns];
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
