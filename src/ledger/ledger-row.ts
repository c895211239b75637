import type { ErrorKind } from "../errors.ts";
import type { Attempt } from "../model/attempt.ts";
import type { FinishReason } from "../model/events.ts";

/** How a request ended, in one word: answered, refused or failed (`error` says why), or left by its client. */
export type Outcome = "answered" | "failed" | "refused" | "left";

/** What is remembered of one request; what is `undefined` is the same as absent. Nothing of what was asked and answered, and no secret. */
export interface LedgerRow {
  /** Unique: the request's own id (`x-request-id`), or that of the background response. Clients may give theirs twice: then both are kept. */
  readonly id: string;
  /** When it came, ms since the epoch. */
  readonly at: number;
  readonly outcome: Outcome;
  /** Of the key that asked; absent: the operator's own, or nobody's. */
  readonly key?: string | undefined;
  readonly dialect?: string | undefined;
  /** `POST /v1/messages` */
  readonly route: string;
  /** As the client spelled it, shortened. */
  readonly requestedModel?: string | undefined;
  /** The merged list's id of the model that answered. */
  readonly model?: string | undefined;
  readonly upstream?: string | undefined;
  readonly attempts: readonly Attempt[];
  /** Of HTTP; of a background response there is none. */
  readonly status?: number | undefined;
  readonly finish?: FinishReason["kind"] | undefined;
  readonly error?: ErrorKind | undefined;
  readonly stream?: boolean | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  /** The counts are the gateway's own. */
  readonly estimated?: boolean | undefined;
  /** What it cost, in billionths of a US dollar, where the model's price is known. */
  readonly nanoUsd?: number | undefined;
  readonly pictures?: number | undefined;
  /** How often the model was asked again because of what it said, and the upstream because of a failure. */
  readonly repairs?: number | undefined;
  readonly retries?: number | undefined;
  /** ms from the request's beginning. */
  readonly firstTokenMs?: number | undefined;
  readonly ms: number;
  /** The client's `user-agent`, shortened. */
  readonly client?: string | undefined;
  /** Which conversation and which of an agent's agents: ids that clients send, shortened. */
  readonly session?: string | undefined;
  readonly agent?: string | undefined;
  /** There is a trace of it. */
  readonly traced?: boolean | undefined;
}
