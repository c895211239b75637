import type { InlineImage, PlainFile, PlainMessage, PlainRequest } from "../model/plain-request.ts";
import type {
  ChatRequest,
  FilePart,
  ImagePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../model/request.ts";
import { removeThinking } from "./remove-thinking.ts";

/** What flattening needs besides the request. */
export interface FlattenOptions {
  /** The upstream's own model id. */
  readonly model: string;
  /** Stands in when the conversation has no system message. Never empty. */
  readonly defaultSystem: string;
  /** Go behind the client's system text, in this order; empty ones are left out. */
  readonly prompts: readonly string[];
  /** How calls and results of the history are written for this model. */
  readonly renderCalls: (calls: readonly ToolCallPart[]) => string;
  readonly renderResults: (results: readonly (ToolResultPart & { name?: string })[]) => string;
}

const gap = "\n\n";
const continueText =
  "Continue your last message exactly where it stopped. Write only what comes next; do not repeat any of it.";
const beginText = "Begin.";

interface Turn {
  readonly role: "user" | "assistant";
  readonly texts: string[];
  readonly images: InlineImage[];
}

/**
 * Writes a request as the plain text that a text-only upstream takes:
 * - system messages that lead become one system text, in order, with blank lines between; later ones stay in their
 *   place, marked, in the user turn beside them: what was said at its time must neither reach back nor lose its order;
 * - tool calls and results become text; reasoning and `<think>` blocks of earlier answers are left out;
 * - neighbouring turns of one role become one, since many chat templates insist on alternation;
 * - files go beside the messages, under names of their own; images go with their user turn. Those that are still
 *   URLs are left out (fetch them first);
 * - a conversation that ends with the assistant's words asks to continue them.
 */
export function flatten(request: ChatRequest, options: FlattenOptions): PlainRequest {
  const system: string[] = [];
  const turns: Turn[] = [];
  const files = createFileList();
  const callNames = new Map<string, string>();

  function addTurn(role: Turn["role"], texts: readonly string[], images: readonly InlineImage[]): void {
    const last = turns.at(-1);
    const given = texts.filter((text) => text.trim() !== "");
    if (last !== undefined && last.role === role) {
      last.texts.push(...given);
      last.images.push(...images);
    } else turns.push({ role, texts: given, images: [...images] });
  }

  let leading = true;
  for (const message of request.messages) {
    leading &&= message.role === "system";
    switch (message.role) {
      case "system": {
        const texts = textsOf(message.parts).filter((text) => text.trim() !== "");
        if (leading) system.push(...texts);
        else if (texts.length > 0) addTurn("user", texts.map(markSystemText), []);
        break;
      }
      case "user":
        for (const part of message.parts) if (part.type === "file") files.add(part);
        addTurn("user", textsOf(message.parts), imagesOf(message.parts));
        break;
      case "assistant": {
        const calls = message.parts.filter((part) => part.type === "tool-call");
        for (const call of calls) callNames.set(call.callId, call.name);
        const texts = textsOf(message.parts).map(removeThinking);
        if (calls.length > 0) texts.push(options.renderCalls(calls));
        if (texts.some((text) => text.trim() !== "")) addTurn("assistant", texts, []);
        break;
      }
      case "tool": {
        const images = message.parts.flatMap((result) => imagesOf(result.content));
        addTurn(
          "user",
          [options.renderResults(message.parts.map((part) => withName(part, callNames)))],
          images,
        );
        break;
      }
    }
  }

  const last = turns.at(-1);
  if (last === undefined) addTurn("user", [beginText], []);
  else if (last.role === "assistant") addTurn("user", [continueText], []);

  return {
    ...request.sampling,
    model: options.model,
    system: [
      ...(system.length === 0 ? [options.defaultSystem] : system),
      ...options.prompts.filter((prompt) => prompt !== ""),
    ].join(gap),
    messages: turns.map(toPlainMessage),
    files: files.all,
  };
}

/** A system message between the turns, as the model reads it. The tags tell it from the user's own words. */
function markSystemText(text: string): string {
  return `<system-message>\n${text}\n</system-message>`;
}

function toPlainMessage(turn: Turn): PlainMessage {
  const plain = { role: turn.role, text: turn.texts.join(gap) };
  return turn.images.length === 0 ? plain : { ...plain, images: turn.images };
}

function withName(
  result: ToolResultPart,
  names: ReadonlyMap<string, string>,
): ToolResultPart & { name?: string } {
  const name = names.get(result.callId);
  return name === undefined ? result : { ...result, name };
}

function textsOf(parts: readonly { readonly type: string; readonly text?: string }[]): string[] {
  return parts.flatMap((part) => (part.type === "text" && part.text !== undefined ? [part.text] : []));
}

function imagesOf(parts: readonly (TextPart | ImagePart | FilePart)[]): InlineImage[] {
  return parts.flatMap((part) =>
    part.type === "image" && part.source.kind === "data"
      ? [{ mediaType: part.source.mediaType, base64: part.source.base64 }]
      : [],
  );
}

/**
 * Collects files; the same file twice (clients repeat history) is sent once, another of its name is numbered. Each
 * step is a look-up, since a client may send thousands of one name.
 */
function createFileList() {
  const all: PlainFile[] = [];
  const names = new Set<string>();
  /** By the name that the client gave: the texts that are there, and the number of the last one. */
  const known = new Map<string, { readonly texts: Set<string>; last: number }>();
  return {
    all,
    add(part: FilePart): void {
      const file = { name: part.name, mediaType: part.mediaType, text: part.text };
      const same = known.get(file.name) ?? { texts: new Set(), last: 1 };
      known.set(file.name, same);
      if (same.texts.has(file.text)) return;
      same.texts.add(file.text);
      let { name } = file;
      while (names.has(name)) {
        same.last += 1;
        name = numbered(file.name, same.last);
      }
      names.add(name);
      all.push({ ...file, name });
    },
  };
}

function numbered(name: string, number: number): string {
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? `${name} (${number})` : `${name.slice(0, dot)} (${number})${name.slice(dot)}`;
}
