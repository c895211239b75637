import type { Attempt } from "./attempt.ts";
import type { CallOffer, OfferedModel } from "./call-gate.ts";
import type { Usage } from "./events.ts";
import type { Leg } from "./leg.ts";
import type { Parameter } from "./request.ts";
import type { TraceWatch } from "./trace-watch.ts";

/** What a request can wait for. */
export type Waiting =
  /** The rest of its own body. */
  | "request-body"
  /** Work of the gateway: a list of models, a picture that a message links to, a count. */
  | "gateway"
  | "upstream-session"
  | "upstream-first-byte"
  | "upstream-next-byte"
  /** That the upstream has loaded the model. */
  | "upstream-loading"
  /** A place among the image jobs that run at once. */
  | "image-slot"
  | "image-job"
  | "background-response"
  /** That the client reads. */
  | "client";

/** Why the model is asked again. */
export type RepairReason =
  | "invalid-tool-call"
  | "invalid-json"
  | "lost-tool-call"
  /** Neither text nor a call, though tools were offered. */
  | "empty-answer"
  | "declined-picture";

/** Follows one try at an upstream. */
export interface AttemptWatch {
  /** They go with it to servers that the operator has named: what of a trace this is. */
  readonly headers: Readonly<Record<string, string>>;
  /** It is over, with its answer or what is left of it: the kind of its failure, if it failed. */
  end(failure: string | undefined): void;
}

/**
 * Learns how the work on one request goes, from all layers below the server, for its line in the log. It is told no text
 * of prompts and answers, and keeps what it is told cheaply: a part of it is told with each piece of an answer.
 */
export interface CallWatch {
  /** The model behind the client's id. */
  resolve(model: OfferedModel): void;
  /**
   * Asked before each answer whether the caller may have it. Rejects with `GatewayError` where not; `undefined`: nobody minds, so there
   * is nothing to wait for.
   */
  admit?(offer: CallOffer): Promise<void> | undefined;
  /** An upstream is about to be asked, by its name. */
  ask(upstream: string): void;
  /** A try at an upstream begins, for whoever wants to follow it. */
  readonly startAttempt?: ((leg: Leg) => AttemptWatch | undefined) | undefined;
  /** A try at an upstream has begun an answer or failed. */
  attempt?(attempt: Attempt): void;
  /**
   * A leg (`legKey`) is about to be asked. `taken` gives the parameters that reach its model, as far as is known when it is called:
   * an answer may show that one does not.
   */
  tellParameters?(leg: string, taken: () => readonly Parameter[]): void;
  /** What the upstream calls the request, for its own support: of the one that was asked last. */
  tellId?(id: string): void;
  /** The same is asked once more after `failure`, which nobody sees otherwise. */
  retry(failure: string): void;
  /** The model's answer did not do: it gets one more turn. */
  repair(reason: RepairReason): void;
  /** These parameters of the request have no effect at the upstream that answers. */
  ignore?(parameters: readonly string[]): void;
  /** What was spent on an answer that has no finish to tell it. */
  spend(usage: Usage): void;
  /** Where somebody wants to see all of the request: who learns its text, too. */
  readonly trace?: TraceWatch | undefined;
  waitFor(what: Waiting): void;
  /** Something came, or changed: the request is not stuck. */
  move(): void;
}
