import type { Attempt } from "../model/attempt.ts";

/** A text, cut where it is very long. */
export interface TracedText {
  readonly text: string;
  /** How many UTF-16 units are missing at its end. Absent: none. */
  readonly cut?: number;
}

/** A stretch of what a model said natively or as text. */
export interface RawSegment {
  readonly kind: "text" | "reasoning" | "tool_call";
  readonly text: string;
  /** Of a native call. */
  readonly name?: string;
  readonly call_id?: string;
  /** How it came: at `ms` so many UTF-16 units of it were there. At most 64, the first and the last among them. */
  readonly arrived?: readonly (readonly [units: number, ms: number])[];
}

/** When a block began, and when its last piece was there to be sent; ms since the beginning of the request. */
export interface BlockTimes {
  readonly from_ms?: number;
  readonly to_ms?: number;
}

/** What became of a stretch of a raw segment. */
export interface TracedPart {
  /** Index of the segment, and the stretch in it, in UTF-16 units; the end is not in it. */
  readonly segment: number;
  readonly from: number;
  readonly to: number;
  /**
   * `text`, `thinking` and `tool_call` became a block of the answer; `mended`: what the client got differs from what stands here. `dropped` became
   * nothing: markup around calls and thinking, tokens of a template, text behind a stop sequence.
   */
  readonly as: "text" | "thinking" | "tool_call" | "dropped";
  readonly mended?: true;
  /** Index of the block in the turn's `blocks`. */
  readonly block?: number;
}

/** A block of the answer, as the client's dialect was given it. */
export type TracedBlock = BlockTimes &
  (
    | { readonly kind: "text" | "thinking"; readonly text: string }
    | {
        readonly kind: "tool_call";
        readonly name: string;
        readonly call_id: string;
        readonly arguments: string;
      }
  );

/** One turn of a model. All times are ms since the beginning of the request. */
export interface TracedTurn {
  readonly began_ms: number;
  readonly first_ms: number | null;
  readonly ended_ms: number | null;
  readonly raw: readonly RawSegment[];
  /** Of the raw text: so many UTF-16 units came that were not kept. */
  readonly raw_cut?: number;
  readonly parts: readonly TracedPart[];
  /** What was made of it; what of it the client was given, `outcome` says. */
  readonly blocks: readonly TracedBlock[];
  /** `kept`: it is the answer, or a part of it. `asked_again`: it did not do, and the model was told why. `open`: the request ended before it. */
  readonly outcome: "kept" | "asked_again" | "failed" | "open";
  /** `invalid-tool-call` and such; of a failure the kind of error. */
  readonly reason?: string;
  /** What the model was told, or the message of the failure. */
  readonly told?: string;
}

/** A request to an upstream. */
export interface TracedExchange {
  readonly at_ms: number;
  readonly to: string;
  readonly method: string;
  readonly path: string;
  /** The prompt as it was sent. */
  readonly body: TracedText | null;
}

/** Why a request went as it went, by the rules of docs/traces.md. */
export interface Verdict {
  /** For programs: `answered`, `tool-called`, `tool-not-called`, … */
  readonly code: string;
  /** One sentence for people. */
  readonly text: string;
}

/** All of one request, from the client's bytes to the client's bytes. Holds prompts and answers, but no keys. */
export interface Trace {
  readonly object: "trace";
  /** `trace_…`, its own: clients may give the ids of requests twice. */
  readonly id: string;
  /** Of the request, or of the background response. */
  readonly request_id: string;
  /** ISO 8601. */
  readonly created_at: string;
  /** Of the gateway that wrote it. */
  readonly version: string;
  readonly verdict: Verdict;
  readonly ms: number;
  readonly key: string | null;
  readonly dialect: string | null;
  readonly requested_model: string | null;
  readonly model: string | null;
  readonly request: {
    readonly method: string;
    readonly route: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: TracedText | null;
    /** Names of the tools that the request offers. */
    readonly tools: readonly string[];
  };
  /**
   * What was kept of the key's limits of tokens and money before an answer was asked for, by the gateway's own count, and what took its place when the
   * request was over. `null`: no such limit binds the key.
   */
  readonly settlement: {
    readonly reserved_input_tokens: number;
    readonly reserved_output_tokens: number;
    readonly settled_tokens: number;
  } | null;
  readonly attempts: readonly Attempt[];
  readonly exchanges: readonly TracedExchange[];
  readonly turns: readonly TracedTurn[];
  readonly answer: {
    readonly status: number | null;
    readonly client_left: boolean;
    readonly error: string | null;
    readonly message: string | null;
    readonly finish: string | null;
    readonly body: TracedText | null;
  };
}
