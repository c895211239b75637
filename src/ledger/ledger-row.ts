import type { ErrorKind } from "../errors.ts";
import type { Attempt } from "../model/attempt.ts";
import type { FinishReason } from "../model/events.ts";

/** How a request ended, in one word: answered, refused or failed (`error` says why), or left by its client. */
export type Outcome = "answered" | "failed" | "refused" | "left";

/** What is remembered of one request. Nothing of what was asked and answered, and no secret. */
export interface LedgerRow {
  /** Unique: the request's own id (`x-request-id`), or that of the background response. Clients may give theirs twice: then both are kept. */
  readonly id: string;
  /** When it came, ms since the epoch. */
  readonly at: number;
  readonly outcome: Outcome;
  /** Of the key that asked; absent: the operator's own, or nobody's. */
  readonly key?: string;
  readonly dialect?: string;
  /** `POST /v1/messages` */
  readonly route: string;
  /** As the client spelled it, shortened. */
  readonly requestedModel?: string;
  /** The merged list's id of the model that answered. */
  readonly model?: string;
  readonly upstream?: string;
  readonly attempts: readonly Attempt[];
  /** Of HTTP; of a background response there is none. */
  readonly status?: number;
  readonly finish?: FinishReason["kind"];
  readonly error?: ErrorKind;
  readonly stream?: boolean;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly reasoningTokens?: number;
  /** The counts are the gateway's own. */
  readonly estimated?: boolean;
  /** What it cost, in billionths of a US dollar, where the model's price is known. */
  readonly nanoUsd?: number;
  readonly pictures?: number;
  /** How often the model was asked again because of what it said, and the upstream because of a failure. */
  readonly repairs?: number;
  readonly retries?: number;
  /** ms from the request's beginning. */
  readonly firstTokenMs?: number;
  readonly ms: number;
  /** The client's `user-agent`, shortened. */
  readonly client?: string;
  /** Which conversation and which of an agent's agents: ids that clients send, shortened. */
  readonly session?: string;
  readonly agent?: string;
  /** There is a trace of it. */
  readonly traced?: boolean;
}
