import type { ChatRequest, FilePart, Message, TextPart } from "../../model/request.ts";

/** Inline image bytes that go with a message. */
export interface InlineImage {
  readonly mediaType: string;
  readonly base64: string;
}

/** One turn. */
export interface PlainMessage {
  readonly role: "user" | "assistant";
  readonly text: string;
  /** Only on user turns, and only for models that can see. */
  readonly images?: readonly InlineImage[];
}

/** A text file that goes beside the messages. */
export interface PlainFile {
  readonly name: string;
  readonly mediaType: string;
  readonly text: string;
}

/** What Akash Chat takes of a conversation. */
export interface PlainConversation {
  readonly system: string;
  readonly messages: readonly PlainMessage[];
  readonly files: readonly PlainFile[];
}

const gap = "\n\n";

/**
 * Sorts a request that was lowered to text into the parts of Akash Chat's body. Files go beside the messages, under names of
 * their own, the same file once. Throws `Error` for what lowering should have taken out.
 */
export function toPlain({ messages }: Pick<ChatRequest, "messages">): PlainConversation {
  const files = createFileList();
  let system = "";
  const turns: PlainMessage[] = [];
  for (const message of messages) {
    switch (message.role) {
      case "system":
        system = textOf(message.parts);
        break;
      case "user": {
        for (const part of message.parts) if (part.type === "file") files.add(part);
        const images = imagesOf(message);
        const turn = { role: "user", text: textOf(message.parts) } as const;
        turns.push(images.length === 0 ? turn : { ...turn, images });
        break;
      }
      case "assistant":
        turns.push({ role: "assistant", text: textOf(message.parts) });
        break;
      case "tool":
        throw new Error("A result of a tool came to an upstream that only knows text.");
    }
  }
  return { system, messages: turns, files: files.all };
}

function textOf(parts: Message["parts"]): string {
  const [only] = parts;
  if (parts.length === 1 && only?.type === "text") return only.text;
  return parts
    .filter((part): part is TextPart => part.type === "text")
    .map(({ text }) => text)
    .join(gap);
}

function imagesOf({ parts }: Extract<Message, { readonly role: "user" }>): readonly InlineImage[] {
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
