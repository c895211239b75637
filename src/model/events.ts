/**
 * The canonical events of one answer, streaming or not.
 *
 * Grammar: `response-start (block-start block-delta* block-end)* finish`. One block is open at a time,
 * indices count up from 0. A stream ends by exactly one `finish` or by throwing a `GatewayError`, never both.
 * `response-start` comes with the first block (or the finish), never earlier, so that an upstream that
 * accepts and then fails can still become a proper HTTP status.
 */

/** Facts about a picture that a text block shows as Markdown. */
export interface GeneratedImage {
  readonly jobId: string;
  /** The prompt as the upstream rewrote it. */
  readonly prompt: string;
  /** Absolute URL. */
  readonly url: string;
}

/**
 * What a block holds. A `tool-call` block's deltas are raw JSON argument text. A text block with `image`
 * has the Markdown of that one picture as its text.
 */
export type BlockStart =
  | { readonly kind: "text"; readonly image?: GeneratedImage }
  | { readonly kind: "reasoning" }
  | { readonly kind: "tool-call"; readonly callId: string; readonly name: string };

/** Why the answer ended. `raw` is the upstream's own word; `stopSequence` the client's sequence that matched. */
export interface FinishReason {
  readonly kind: "stop" | "length" | "tool-calls" | "content-filter" | "other";
  readonly raw?: string;
  readonly stopSequence?: string;
}

/**
 * Token counts. Totals are inclusive: `reasoningTokens` is a part of `outputTokens`.
 * `undefined` means unknown; a number is never invented. `estimated` marks our own count.
 */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly reasoningTokens?: number;
  readonly estimated: boolean;
}

/** See the grammar above. */
export type ChatEvent =
  | { readonly type: "response-start"; readonly model: string }
  | { readonly type: "block-start"; readonly index: number; readonly block: BlockStart }
  | { readonly type: "block-delta"; readonly index: number; readonly text: string }
  | { readonly type: "block-end"; readonly index: number }
  | { readonly type: "finish"; readonly reason: FinishReason; readonly usage: Usage };

/** One network read's worth of events: what is decoded together is encoded and written together. */
export type EventBatch = readonly ChatEvent[];
