import { LRUCache } from "lru-cache";

import type { GatewayError } from "../errors.ts";
import { type Leg, legKey, type LegName } from "../model/leg.ts";
import {
  type Availability,
  type BreakerRules,
  createPlace,
  type Place,
  type PlaceState,
  type Resting,
  type Visit,
} from "./place.ts";
import type { Effect } from "./verdict.ts";

/** One request at a leg, for the health of the leg and of its upstream. */
export interface LegVisit extends Pick<Visit, "begin" | "complete" | "leave"> {
  /** It failed, and this is what that says. */
  fail(error: GatewayError, effect: Effect): void;
}

/** A rest of an upstream, or of one model at it. */
export interface Rest {
  readonly upstream: string;
  readonly model: string | undefined;
  /** Ms since the epoch. */
  readonly since: number;
  readonly until: number;
  /** The upstream said for how long; otherwise it is our guess. */
  readonly told: boolean;
  readonly error: GatewayError;
}

/** What the failures so far say of upstreams and of each model at them. Nothing one leg does changes another's. */
export interface Health {
  /** Of the leg and its upstream, whichever is worse. */
  availability(leg: Leg): Availability;
  /** A request is about to ask this leg; in the same turn as `availability` was looked at. */
  enter(leg: Leg): LegVisit;
  /** Why a leg is not to be asked, and until when: of leg and upstream, whichever rests longer. */
  restOf(leg: Leg): Resting | undefined;
  /** What rests now: an upstream, or a model at it. Nothing whose time is over. */
  rests(): readonly Rest[];
  /** An upstream was set up anew, or is known to answer again: forgets its rests and those of its models. */
  forget(upstream: string): void;
  /** An upstream (no `model`) or a model at it rests, as another process has found out. Nobody is told. */
  take(upstream: string, model: string | undefined, rest: Resting): void;
}

/** Told when an upstream (no `model`) or a model at it begins to rest. */
export type RestListener = (
  rest: Resting & { readonly upstream: string; readonly model: string | undefined },
) => void;

/** What the health is kept with. */
export interface HealthOptions {
  /** Ms since the epoch. */
  readonly now: () => number;
  /** Default: 3 failures in a row; 10 s, doubled up to 2 min. */
  readonly breaker?: BreakerRules;
  /** For the log. */
  readonly onRest?: RestListener;
}

/** Where clients can name any model, they shall not fill the memory. */
const mostLegs = 5000;
const usual: BreakerRules = { strikes: 3, restMs: 10_000, longestRestMs: 120_000 };
/** The rest of a place, also while a trial may end it. */
function restIn(state: PlaceState): Resting | undefined {
  if (state.state === "resting") return state;
  return state.state === "trial" ? state.rest : undefined;
}

const fromBest: readonly Availability[] = ["ready", "due", "doubtful", "shut"];

/** A request at a leg is one at its upstream, too. A class, since one is made for each. */
class Visits implements LegVisit {
  readonly #own: Visit;
  readonly #shared: Visit;

  constructor(own: Visit, shared: Visit) {
    this.#own = own;
    this.#shared = shared;
  }

  begin(): void {
    this.#own.begin();
    this.#shared.begin();
  }

  complete(): void {
    this.#own.complete();
    this.#shared.complete();
  }

  leave(): void {
    this.#own.leave();
    this.#shared.leave();
  }

  fail(error: GatewayError, effect: Effect): void {
    // Breakers are of legs alone: what one model's failures say of the others nobody knows.
    if (effect.kind === "strike") this.#own.strike(error);
    else if (effect.kind === "rest")
      (effect.place === "model" ? this.#own : this.#shared).rest(error, effect.forMs, effect.told);
    this.leave();
  }
}

/** Creates the health of all legs; whatever nobody has failed at is well. */
export function createHealth({ now, breaker = usual, onRest }: HealthOptions): Health {
  const upstreams = new Map<string, Place>();
  const legs = new LRUCache<
    string,
    { readonly upstream: string; readonly model: string; readonly place: Place }
  >({
    max: mostLegs,
  });

  function start(upstream: string, model: string | undefined): Place {
    return createPlace({ now, rules: breaker, onRest: (rest) => onRest?.({ ...rest, upstream, model }) });
  }

  function upstreamOf({ upstream }: Pick<Leg, "upstream">): Place {
    const place = upstreams.get(upstream) ?? start(upstream, undefined);
    upstreams.set(upstream, place);
    return place;
  }

  function placeOf(leg: LegName): Place {
    const key = legKey(leg);
    const known = legs.get(key)?.place;
    if (known !== undefined) return known;
    const place = start(leg.upstream, leg.model.id);
    legs.set(key, { upstream: leg.upstream, model: leg.model.id, place });
    return place;
  }

  return {
    availability(leg) {
      // A list asks for all legs: those that were never asked are not remembered for that.
      const own = legs.get(legKey(leg))?.place.availability() ?? "ready";
      const shared = upstreams.get(leg.upstream)?.availability() ?? "ready";
      return fromBest.indexOf(own) > fromBest.indexOf(shared) ? own : shared;
    },
    enter(leg) {
      return new Visits(placeOf(leg).enter(), upstreamOf(leg).enter());
    },
    restOf(leg) {
      const states = [legs.get(legKey(leg))?.place.state, upstreams.get(leg.upstream)?.state];
      const rests = states.flatMap((state) => (state === undefined ? [] : (restIn(state) ?? [])));
      return rests.sort((a, b) => b.until - a.until)[0];
    },
    rests() {
      const places = [
        ...[...upstreams].map(([upstream, place]) => ({ upstream, model: undefined, place })),
        ...legs.values(),
      ];
      return places.flatMap(({ upstream, model, place }) => {
        const rest = restIn(place.state);
        const isOver = rest === undefined || place.availability() === "due";
        if (isOver) return [];
        const { since, until, told, error } = rest;
        return [{ upstream, model, since, until, told, error }];
      });
    },
    take(upstream, model, rest) {
      const place =
        model === undefined ? upstreamOf({ upstream }) : placeOf({ upstream, model: { id: model } });
      place.take(rest);
    },
    forget(upstream) {
      upstreams.delete(upstream);
      for (const [key, leg] of legs.entries()) if (leg.upstream === upstream) legs.delete(key);
    },
  };
}
