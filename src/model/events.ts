/**
 * The canonical events of one answer, streaming or not.
 *
 * Grammar: `response-start (block-start block-delta* block-end)* finish`. One block is open at a time,
 * indices count up from 0. A stream ends by exactly one `finish` or by throwing a `GatewayError`, never both.
 * `response-start` comes with the first block (or the finish), never earlier, so that an upstream that
 * accepts and then fails can still become a proper HTTP status.
 *
 * Upstreams decode their answers to these, shapers rewrite them, dialects encode them.
 */

/** Facts about a picture that a text block shows as Markdown. Filled by completion. */
export interface GeneratedImage {
  /** The upstream's; empty where it names none. */
  readonly jobId: string;
  /** The prompt as the upstream rewrote it; empty where it tells none. */
  readonly prompt: string;
  /** Absolute URL. */
  readonly url: string;
}

/**
 * What a block holds. Thinking and calls that stand in the text are made blocks of their own by the shapers. The id of a call is the
 * upstream's where it is fit for use, else one of the gateway's. A `tool-call` block's deltas are raw JSON argument text. A text block with `image`
 * has the Markdown of that one picture as its text; without `image` it is what the model wrote.
 */
export type BlockStart =
  | { readonly kind: "text"; readonly image?: GeneratedImage }
  | { readonly kind: "reasoning" }
  | { readonly kind: "tool-call"; readonly callId: string; readonly name: string };

/**
 * Why the answer ended. `raw` is the upstream's own word, absent where it said none or the gateway ended the answer; `stopSequence` the
 * client's sequence that matched, filled by the shaper that looks for them, absent where none did.
 */
export interface FinishReason {
  readonly kind: "stop" | "length" | "tool-calls" | "content-filter" | "other";
  readonly raw?: string;
  readonly stopSequence?: string;
}

/**
 * Token counts. Totals are inclusive: `reasoningTokens` is a part of `outputTokens`.
 * Upstreams fill what their server tells; absent means unknown, and a number is never invented. Completion adds our own counts for what
 * is missing, and marks them by `estimated`.
 */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly reasoningTokens?: number;
  readonly estimated: boolean;
}

/** See the grammar above. */
export type ChatEvent =
  /** `model`: the upstream's own id; from completion on, what clients call it. */
  | { readonly type: "response-start"; readonly model: string }
  | { readonly type: "block-start"; readonly index: number; readonly block: BlockStart }
  | { readonly type: "block-delta"; readonly index: number; readonly text: string }
  | { readonly type: "block-end"; readonly index: number }
  | { readonly type: "finish"; readonly reason: FinishReason; readonly usage: Usage };

/** One network read's worth of events: what is decoded together is encoded and written together. */
export type EventBatch = readonly ChatEvent[];
