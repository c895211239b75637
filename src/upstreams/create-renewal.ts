import { toGatewayError, type GatewayError } from "../errors.ts";
import { linkSignal } from "../stream/link-signal.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import { waitFor } from "./http/abort.ts";

/** Keeps what an upstream tells of itself up to date. Asking is never in the way of a request for long. */
export interface Renewal {
  /**
   * Resolves at once when something is known, however old; what is too old is renewed in the background. Waits only while
   * nothing is known (or nothing shall be kept), a few seconds at most. Rejects only when the signal aborts.
   */
  want(signal: AbortSignal): Promise<void>;
  /**
   * Asks anew, unless that happened a moment ago (`again`: all the same), and waits a few seconds at most; or, `patient`, until
   * it is over, and then rejects with its failure.
   */
  demand(
    signal: AbortSignal,
    options?: { readonly patient?: boolean; readonly again?: boolean },
  ): Promise<void>;
  /** What is known may be wrong: it is renewed in the background, unless that happened a moment ago. */
  doubt(): void;
  /** Why nothing could be learned the last time; an answer that has not come yet is late. */
  readonly failure: GatewayError;
  /** Ends a renewal that is under way and starts no more. */
  close(): void;
}

/** What a renewal is made from. */
export interface RenewalOptions {
  /** Asks the upstream, and keeps what it learns. Gives how long nothing needs to be asked, in ms. */
  readonly renew: (signal: AbortSignal) => Promise<number>;
  /** Whether anything is known, so that nobody needs to wait. */
  readonly isKnown: () => boolean;
  /** Told of each failure, but not of those that closing brought. */
  readonly onFailure: (error: GatewayError) => void;
  /** The error of an upstream that did not answer in time. */
  readonly toLateError: () => GatewayError;
  /** How long what is known counts as new. 0: no longer than its request. */
  readonly cacheMs: number;
  readonly now: () => number;
  readonly startTimer: StartTimer;
}

/** How long a failure is remembered, and the pause between two doubts. What is not certain counts as new for as long. */
export const tentativeMs = 15_000;
/** How long callers wait. A request without a list is still answered: the upstream judges the id. */
const patienceMs = 5000;
/** All that asking may take: replies that drip or hang must not keep the next try away. */
const longestMs = 60_000;

/** The last time that the upstream was asked. */
type Attempt =
  | { readonly state: "none" }
  /** `waited` resolves when it has landed, or took longer than a request shall wait. */
  | { readonly state: "flying"; readonly waited: Promise<void>; readonly landed: Promise<void> }
  | {
      readonly state: "landed";
      readonly at: number;
      /** How long nothing needs to be asked. */
      readonly goodForMs: number;
      readonly failure: GatewayError | undefined;
    };

/** Creates the renewal: one request at a time, which all callers share, and failures are remembered for a while. */
export function createRenewal(options: RenewalOptions): Renewal {
  const { now, startTimer } = options;
  const closing = new AbortController();
  let attempt: Attempt = { state: "none" };

  function isWithin(ms: number): boolean {
    if (attempt.state !== "landed") return false;
    const age = now() - attempt.at;
    // A clock that was set back must not keep anything for ever.
    return age >= 0 && age < ms;
  }

  async function ask(signal: AbortSignal): Promise<void> {
    try {
      const goodForMs = await options.renew(signal);
      attempt = { state: "landed", at: now(), goodForMs, failure: undefined };
    } catch (error) {
      const failure = signal.aborted ? options.toLateError() : toGatewayError(error);
      attempt = { state: "landed", at: now(), goodForMs: tentativeMs, failure };
      if (!closing.signal.aborted) options.onFailure(failure);
    }
  }

  function fly(): Extract<Attempt, { state: "flying" }> {
    if (attempt.state === "flying") return attempt;
    const own = linkSignal(closing.signal);
    const stops = [startTimer(longestMs, own.abort)];
    const tired = new Promise<void>((resolve) => {
      stops.push(startTimer(patienceMs, resolve));
    });
    const landed = ask(own.signal).finally(() => {
      own.release();
      for (const stop of stops) stop();
    });
    const flying = { state: "flying", waited: Promise.race([tired, landed]), landed } as const;
    attempt = flying;
    return flying;
  }

  return {
    async want(signal) {
      if (attempt.state === "landed" && isWithin(attempt.goodForMs)) return;
      const { waited } = fly();
      if (!options.isKnown() || options.cacheMs === 0) await waitFor(waited, signal);
    },
    async demand(signal, { patient = false, again = false } = {}) {
      if (again || !isWithin(tentativeMs)) {
        const { waited, landed } = fly();
        await waitFor(patient ? landed : waited, signal);
      }
      if (patient && attempt.state === "landed" && attempt.failure !== undefined) throw attempt.failure;
    },
    doubt() {
      if (attempt.state === "landed" && !isWithin(tentativeMs)) void fly();
      else if (attempt.state === "landed") {
        attempt = { ...attempt, goodForMs: Math.min(attempt.goodForMs, tentativeMs) };
      }
    },
    get failure() {
      return (attempt.state === "landed" ? attempt.failure : undefined) ?? options.toLateError();
    },
    close() {
      closing.abort();
    },
  };
}
