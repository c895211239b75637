import type { GatewayError } from "../errors.ts";

/** A leg or an upstream that wants no requests for a while. Times are ms since the epoch. */
export interface Resting {
  readonly state: "resting";
  readonly since: number;
  readonly until: number;
  /** The upstream said for how long; otherwise it is our guess. */
  readonly told: boolean;
  /** Why. */
  readonly error: GatewayError;
  /** How many trials in a row have failed: each doubles the next rest of a breaker. */
  readonly round: number;
}

/**
 * How a leg or an upstream is:
 * - `well`: asked as usual; `failures` in a row so far,
 * - `resting`: a limit, or an open breaker; when `until` has passed, the next request is a trial,
 * - `trial`: that request is on its way, and the only one of its sort.
 */
export type PlaceState =
  | { readonly state: "well"; readonly failures: number }
  | Resting
  | { readonly state: "trial"; readonly rest: Resting };

/**
 * Whether a place may be asked now:
 * - `ready`: as usual,
 * - `due`: a trial is due, for one request,
 * - `doubtful`: only when nothing else is left, because it rests by our guess, or the trial is on its way,
 * - `shut`: never; the upstream itself said so.
 */
export type Availability = "ready" | "due" | "doubtful" | "shut";

/** When a breaker opens, and for how long. */
export interface BreakerRules {
  /** Failures in a row. */
  readonly strikes: number;
  /** The first rest, and the longest. */
  readonly restMs: number;
  readonly longestRestMs: number;
}

/** One request at a place. */
export interface Visit {
  /** The first events came. */
  begin(): void;
  /** The whole answer came. */
  complete(): void;
  /** A failure that may pass: it counts towards the breaker. */
  strike(error: GatewayError): void;
  /** The place wants no requests for a time. */
  rest(error: GatewayError, forMs: number, told: boolean): void;
  /** It ended, and says nothing of the place. After another call of these this does nothing. */
  leave(): void;
}

/** The health of one leg or upstream. */
export interface Place {
  readonly state: PlaceState;
  availability(): Availability;
  /** A request is about to ask here; it is the trial if one is due. */
  enter(): Visit;
}

/** What a place reads its time from, and who hears when it begins to rest. */
export interface PlaceOptions {
  readonly now: () => number;
  readonly rules: BreakerRules;
  readonly onRest: (rest: Resting) => void;
}

/** Creates a place that is well. */
export function createPlace({ now, rules, onRest }: PlaceOptions): Place {
  let state: PlaceState = { state: "well", failures: 0 };

  function availability(): Availability {
    if (state.state === "well") return "ready";
    if (state.state === "trial") return "doubtful";
    if (isOver(state, now())) return "due";
    return state.told ? "shut" : "doubtful";
  }

  function startRest(rest: Resting): void {
    state = rest;
    onRest(rest);
  }

  function openBreaker(error: GatewayError, round: number): void {
    const since = now();
    const restMs = Math.min(rules.restMs * 2 ** Math.min(round, 20), rules.longestRestMs);
    startRest({ state: "resting", since, until: since + restMs, told: false, error, round });
  }

  function enter(): Visit {
    const rest = state.state === "resting" && isOver(state, now()) ? state : undefined;
    if (rest !== undefined) state = { state: "trial", rest };
    const entered = state;
    /** It is the trial, and nothing has happened to the place since. */
    const holdsTrial = (): boolean => rest !== undefined && state === entered;

    return {
      begin() {
        // Only a beginning: what breaks off now rests again at once. One that was asked before the place began to rest
        // says nothing of it.
        if (state.state !== "well" && state === entered)
          state = { state: "well", failures: rules.strikes - 1 };
      },
      complete() {
        if (state.state === "well") state = { state: "well", failures: 0 };
      },
      strike(error) {
        if (rest !== undefined && holdsTrial()) openBreaker(error, rest.round + 1);
        else if (state.state === "well") {
          const failures = state.failures + 1;
          if (failures >= rules.strikes) openBreaker(error, 0);
          else state = { state: "well", failures };
        }
      },
      rest(error, forMs, told) {
        const since = now();
        const next: Resting = { state: "resting", since, until: since + forMs, told, error, round: 0 };
        const known = state.state === "resting" && !isOver(state, since) ? state : undefined;
        // What the upstream said weighs more than a guess; of two words the one that lasts longer.
        const isWeaker =
          known !== undefined && (known.told === told ? known.until >= next.until : known.told);
        if (!isWeaker) startRest(next);
      },
      leave() {
        if (rest !== undefined && holdsTrial()) state = rest;
      },
    };
  }

  return {
    get state() {
      return state;
    },
    availability,
    enter,
  };
}

/** A clock that was set back must not make a rest longer. */
function isOver(rest: Resting, now: number): boolean {
  return now >= rest.until || now < rest.since;
}
