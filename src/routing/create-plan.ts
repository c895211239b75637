import type { GatewayError, RetryScope } from "../errors.ts";
import type { Health } from "./health.ts";
import { type Leg, legKey } from "../model/leg.ts";

/** Which leg one request asks next. */
export interface Plan {
  /** The leg to ask now; `undefined` when none is left that may be asked. Counts as a try of that leg. */
  next(): Leg | undefined;
  /** A try failed. */
  fail(leg: Leg, error: GatewayError, scope: RetryScope): void;
  /** Whether another leg could be asked now. */
  hasOthers(): boolean;
  /** Takes the one try that is left beside one for each leg, if nobody has taken it. */
  takeRepeat(): boolean;
  /** The legs that were not tried, and would do but for their rest. */
  readonly left: readonly Leg[];
}

/** What a plan is made of. */
export interface PlanOptions {
  /** In the order in which they are to be asked. */
  readonly legs: readonly Leg[];
  readonly health: Pick<Health, "availability">;
  /** The leg that answered this conversation before: the first while it is well. */
  readonly known?: Leg | undefined;
}

/**
 * Plans the tries of one request: each leg once, and one of them once more in all. Those that are well, or due for a trial, in
 * order; when none is left, those that rest by our guess; never one whose upstream said until when, unless it is the only one
 * that there is: whoever has one upstream hears what it says itself.
 */
export function createPlan({ legs, health, known }: PlanOptions): Plan {
  let untried = legs.length < 2 ? legs : [...new Map(legs.map((leg) => [legKey(leg), leg])).values()];
  /** Windows must be larger, in tokens. */
  let beyond = -1;
  let again: Leg | undefined;
  let mayRepeat = true;
  function takeRepeat(): boolean {
    const taken = mayRepeat;
    mayRepeat = false;
    return taken;
  }
  const isAlone = untried.length === 1;

  function take(leg: Leg): Leg {
    untried = untried.filter((other) => other !== leg);
    return leg;
  }

  function isWide({ model: { contextLength = 0 } }: Leg): boolean {
    return contextLength > beyond;
  }

  function choose(): Leg | undefined {
    const fitting = untried.filter(isWide);
    if (isAlone) return fitting[0];
    const rated = fitting.map((leg) => ({ leg, availability: health.availability(leg) }));
    const own = known === undefined ? undefined : legKey(known);
    return (
      rated.find(({ leg, availability }) => availability === "ready" && legKey(leg) === own) ??
      rated.find(({ availability }) => availability === "ready" || availability === "due") ??
      rated.find(({ availability }) => availability === "doubtful")
    )?.leg;
  }

  return {
    next() {
      const repeated = again;
      again = undefined;
      const isWell =
        isAlone || (repeated !== undefined && /^(?:ready|due)$/.test(health.availability(repeated)));
      if (repeated !== undefined && isWell && takeRepeat()) return repeated;
      const leg = choose();
      return leg === undefined ? undefined : take(leg);
    },
    fail(leg, error, scope) {
      if (scope === "never") untried = [];
      else if (scope === "same" && mayRepeat) again = leg;
      else if (scope === "larger-context") {
        const window = leg.model.contextLength ?? error.tokens?.maximum;
        // Nobody knows what would be larger.
        beyond = Math.max(beyond, window ?? Number.POSITIVE_INFINITY);
      }
    },
    takeRepeat,
    hasOthers: () => untried.some((leg) => health.availability(leg) !== "shut"),
    get left() {
      return untried.filter(isWide);
    },
  };
}
