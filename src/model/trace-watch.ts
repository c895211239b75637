import type { RepairReason } from "./call-watch.ts";
import type { EventBatch } from "./events.ts";

/** What an upstream is sent. */
export interface SentRequest {
  /** Whom, in words for people. */
  readonly to: string;
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array | undefined;
}

/** What became of a turn. */
export type TurnEnd =
  | { readonly kind: "kept" }
  /** `told`: what the model was told is wrong. */
  | { readonly kind: "asked-again"; readonly reason: RepairReason | undefined; readonly told: string }
  /** `error`: its kind. */
  | { readonly kind: "failed"; readonly error: string; readonly message: string };

/** Learns all of one turn of a model. */
export interface TurnWatch {
  /** What the upstream's reply says, before anything was made of it. */
  raw(batch: EventBatch): void;
  /** What was made of it. */
  shaped(batch: EventBatch): void;
  end(end: TurnEnd): void;
}

/**
 * Learns all of one request, its text too, from the layers below the server; there is one only for requests that somebody wants to look into.
 * What is made of it is a trace (docs/traces.md).
 */
export interface TraceWatch {
  sent(request: SentRequest): void;
  /** A turn of a model begins. */
  turn(): TurnWatch;
}
