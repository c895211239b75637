import type { AttemptObject } from "../../api/types.ts";

/** A text that may be cut: so many UTF-16 units are missing at its end. */
export interface TextObject {
  readonly text: string;
  readonly cut?: number;
}

/** A stretch of what a model said. */
export interface SegmentObject {
  readonly kind: "text" | "reasoning" | "tool_call";
  readonly text: string;
  readonly name?: string;
  readonly arrived?: readonly (readonly [units: number, ms: number])[];
}

/** What became of a stretch of a segment. */
export interface PartObject {
  readonly segment: number;
  readonly from: number;
  readonly to: number;
  readonly as: "text" | "thinking" | "tool_call" | "dropped";
  readonly mended?: boolean;
  readonly block?: number;
}

/** A block of the answer. */
export interface BlockObject {
  readonly kind: "text" | "thinking" | "tool_call";
  readonly text?: string;
  readonly name?: string;
  readonly arguments?: string;
  readonly from_ms?: number;
  readonly to_ms?: number;
}

/** A turn of a model. Times in ms since the beginning of the request. */
export interface TurnObject {
  readonly began_ms: number;
  readonly first_ms: number | null;
  readonly ended_ms: number | null;
  readonly raw: readonly SegmentObject[];
  readonly raw_cut?: number;
  readonly parts: readonly PartObject[];
  readonly blocks: readonly BlockObject[];
  readonly outcome: "kept" | "asked_again" | "failed" | "open";
  readonly reason?: string;
  readonly told?: string;
}

/** A request to an upstream. */
export interface ExchangeObject {
  readonly at_ms: number;
  readonly to: string;
  readonly method: string;
  readonly path: string;
  readonly body: TextObject | null;
}

/** `GET /admin/v1/traces/{id}`, as docs/traces.md has it. */
export interface TraceObject {
  readonly id: string;
  readonly request_id: string;
  readonly created_at: string;
  readonly verdict: { readonly code: string; readonly text: string };
  readonly ms: number;
  readonly key: string | null;
  readonly dialect: string | null;
  readonly requested_model: string | null;
  readonly model: string | null;
  readonly request: {
    readonly method: string;
    readonly route: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: TextObject | null;
    readonly tools: readonly string[];
  };
  readonly settlement: {
    readonly reserved_input_tokens: number;
    readonly reserved_output_tokens: number;
    readonly settled_tokens: number;
  } | null;
  readonly attempts: readonly AttemptObject[];
  readonly exchanges: readonly ExchangeObject[];
  readonly turns: readonly TurnObject[];
  readonly answer: {
    readonly status: number | null;
    readonly client_left: boolean;
    readonly error: string | null;
    readonly message: string | null;
    readonly finish: string | null;
    readonly body: TextObject | null;
  };
}

/** `/admin/v1/traces/next` */
export interface NextTraceObject {
  readonly state: "none" | "waiting" | "taken";
  readonly key: string | null;
  readonly expires_at: string | null;
  readonly trace: string | null;
  readonly request_id: string | null;
}
