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
  | {
      readonly state: "trial";
      /** What the trial is to end; or a newer one, of a request that was asked before. */
      readonly rest: Resting;
      /** The visit that is the trial. Nobody else ends it, so that there is no second. */
      readonly holder: object;
    };

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
  /** It ended: to be called last, whatever was said before. A trial that said nothing leaves the place due. */
  leave(): void;
}

/** The health of one leg or upstream. */
export interface Place {
  readonly state: PlaceState;
  availability(): Availability;
  /** A request is about to ask here; it is the trial if one is due. */
  enter(): Visit;
  /** It rests, as somebody else has found out. Nobody is told. */
  take(rest: Resting): void;
}

/** What a place reads its time from, and who hears when it begins to rest. */
export interface PlaceOptions {
  readonly now: () => number;
  readonly rules: BreakerRules;
  readonly onRest: (rest: Resting) => void;
}

/** What a visit tells its place. */
interface Entered {
  begin(visit: PlaceVisit): void;
  complete(): void;
  strike(visit: PlaceVisit, error: GatewayError): void;
  rest(visit: PlaceVisit, error: GatewayError, forMs: number, told: boolean): void;
  leave(visit: PlaceVisit): void;
}

/** A class, since two are made for each request. */
class PlaceVisit implements Visit {
  readonly #place: Entered;
  /** The rest that this visit is to end, if it is the trial. Nobody ends one that began since. */
  readonly tried: Resting | undefined;

  constructor(place: Entered, tried: Resting | undefined) {
    this.#place = place;
    this.tried = tried;
  }

  begin(): void {
    this.#place.begin(this);
  }

  complete(): void {
    this.#place.complete();
  }

  strike(error: GatewayError): void {
    this.#place.strike(this, error);
  }

  rest(error: GatewayError, forMs: number, told: boolean): void {
    this.#place.rest(this, error, forMs, told);
  }

  leave(): void {
    this.#place.leave(this);
  }
}

/** Creates a place that is well. */
export function createPlace({ now, rules, onRest }: PlaceOptions): Place {
  let state: PlaceState = { state: "well", failures: 0 };

  function availability(): Availability {
    if (state.state === "well") return "ready";
    const rest = state.state === "trial" ? state.rest : state;
    const over = isOver(rest, now());
    if (state.state === "resting" && over) return "due";
    return rest.told && !over ? "shut" : "doubtful";
  }

  function startRest(rest: Resting, holder?: object): void {
    state = holder === undefined ? rest : { state: "trial", rest, holder };
    onRest(rest);
  }

  function isNews(next: Resting, at: number): boolean {
    const known = state.state === "trial" ? state.rest : state;
    return known.state === "well" || isOver(known, at) || isStronger(next, known);
  }

  function openBreaker(error: GatewayError, round: number): void {
    const since = now();
    const restMs = Math.min(rules.restMs * 2 ** Math.min(round, 20), rules.longestRestMs);
    startRest({ state: "resting", since, until: since + restMs, told: false, error, round });
  }

  /** The rest that is tried by this visit. */
  function trialOf(visit: PlaceVisit): Resting | undefined {
    return state.state === "trial" && state.holder === visit ? state.rest : undefined;
  }

  const entered: Entered = {
    begin(visit) {
      const rest = trialOf(visit) ?? state;
      if (rest.state !== "resting") return;
      // Only a beginning: what breaks off now rests again at once. A request from before the rest says nothing of it.
      if (rest === visit.tried) state = { state: "well", failures: rules.strikes - 1 };
      else state = trialOf(visit) ?? state;
    },
    complete() {
      if (state.state === "well" && state.failures > 0) state = { state: "well", failures: 0 };
    },
    strike(visit, error) {
      const rest = trialOf(visit);
      if (rest !== undefined && rest === visit.tried) openBreaker(error, rest.round + 1);
      else if (rest !== undefined) state = rest;
      else if (state.state === "well") {
        const failures = state.failures + 1;
        if (failures >= rules.strikes) openBreaker(error, 0);
        else state = { state: "well", failures };
      }
    },
    rest(visit, error, forMs, told) {
      const since = now();
      const next: Resting = { state: "resting", since, until: since + forMs, told, error, round: 0 };
      const other = state.state === "trial" && state.holder !== visit ? state.holder : undefined;
      if (isNews(next, since)) startRest(next, other);
    },
    leave(visit) {
      state = trialOf(visit) ?? state;
    },
  };

  function enter(): Visit {
    const visit = new PlaceVisit(entered, state.state === "resting" ? state : undefined);
    if (state.state === "resting" && isOver(state, now()))
      state = { state: "trial", rest: state, holder: visit };
    return visit;
  }

  return {
    get state() {
      return state;
    },
    availability,
    enter,
    take(rest) {
      const at = now();
      // Its clock may go ahead of ours.
      const next = { ...rest, since: Math.min(rest.since, at) };
      if (isOver(next, at) || !isNews(next, at)) return;
      state = state.state === "trial" ? { ...state, rest: next } : next;
    },
  };
}

/** What the upstream said weighs more than a guess; of two words, or two guesses, the one that lasts longer. */
function isStronger(next: Resting, known: Resting): boolean {
  return next.told === known.told ? next.until > known.until : next.told;
}

/** A clock that was set back must not make a rest longer. */
function isOver(rest: Resting, now: number): boolean {
  return now >= rest.until || now < rest.since;
}
