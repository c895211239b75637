/** What a text-only upstream takes: shaping turns a `ChatRequest` into this. */

/** Inline image bytes that go with a message. */
export interface InlineImage {
  readonly mediaType: string;
  readonly base64: string;
}

/** One turn; `text` holds everything, tool calls and results rendered as text included. */
export interface PlainMessage {
  readonly role: "user" | "assistant";
  readonly text: string;
  /** Only on user turns, and only for models that can see. */
  readonly images?: readonly InlineImage[];
}

/** A text file that is handed to the upstream beside the messages. */
export interface PlainFile {
  readonly name: string;
  readonly mediaType: string;
  readonly text: string;
}

/** A request without tools, formats or limits: those are shaping's business. */
export interface PlainRequest {
  /** The upstream's own model id. */
  readonly model: string;
  /** Never empty. */
  readonly system: string;
  readonly messages: readonly PlainMessage[];
  readonly files: readonly PlainFile[];
  readonly temperature?: number;
  readonly topP?: number;
}
