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
export function createPlan(options: PlanOptions): Plan {
  return new LegPlan(options);
}

/** A class, since one is made for each request. */
class LegPlan implements Plan {
  readonly #health: PlanOptions["health"];
  readonly #known: Leg | undefined;
  readonly #isAlone: boolean;
  #untried: readonly Leg[];
  /** Windows must be larger, in tokens. */
  #beyond = -1;
  #again: Leg | undefined;
  #mayRepeat = true;

  constructor({ legs, health, known }: PlanOptions) {
    this.#health = health;
    this.#known = known;
    this.#untried = legs.length < 2 ? legs : [...new Map(legs.map((leg) => [legKey(leg), leg])).values()];
    this.#isAlone = this.#untried.length === 1;
  }

  next(): Leg | undefined {
    const repeated = this.#again;
    this.#again = undefined;
    const isWell =
      this.#isAlone ||
      (repeated !== undefined && /^(?:ready|due)$/.test(this.#health.availability(repeated)));
    if (repeated !== undefined && isWell && this.takeRepeat()) return repeated;
    const leg = this.#choose();
    if (leg !== undefined) this.#untried = this.#untried.filter((other) => other !== leg);
    return leg;
  }

  fail(leg: Leg, error: GatewayError, scope: RetryScope): void {
    if (scope === "never") this.#untried = [];
    else if (scope === "same" && this.#mayRepeat) this.#again = leg;
    else if (scope === "larger-context") {
      const window = leg.model.contextLength ?? error.tokens?.maximum;
      // Nobody knows what would be larger.
      this.#beyond = Math.max(this.#beyond, window ?? Number.POSITIVE_INFINITY);
    }
  }

  hasOthers(): boolean {
    return this.#untried.some((leg) => this.#health.availability(leg) !== "shut");
  }

  takeRepeat(): boolean {
    const taken = this.#mayRepeat;
    this.#mayRepeat = false;
    return taken;
  }

  get left(): readonly Leg[] {
    return this.#untried.filter(({ model: { contextLength = 0 } }) => contextLength > this.#beyond);
  }

  #choose(): Leg | undefined {
    const fitting = this.left;
    if (this.#isAlone) return fitting[0];
    const rated = fitting.map((leg) => ({ leg, availability: this.#health.availability(leg) }));
    const own = this.#known === undefined ? undefined : legKey(this.#known);
    return (
      rated.find(({ leg, availability }) => availability === "ready" && legKey(leg) === own) ??
      rated.find(({ availability }) => availability === "ready" || availability === "due") ??
      rated.find(({ availability }) => availability === "doubtful")
    )?.leg;
  }
}
