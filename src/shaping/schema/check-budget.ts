import { withinTime } from "../within-time.ts";

/** What came of work with a schema; `undefined` when it was not done, or not to its end. */
export type Outcome<T> = { readonly done: T } | undefined;

/**
 * What the schemas of one client request may cost, whatever is made of it: all choices, turns and calls. `subject`
 * stands for a schema: what took too long once is not begun again in this request. Methods throw what the work throws.
 */
export interface CheckBudget {
  /** Compiles a schema of so many JSON values. */
  compile<T>(subject: object, values: number, work: () => T): Outcome<T>;
  /** Does a check that may have no end, such as that of a client's regular expression. */
  check<T>(subject: object, work: () => T): Outcome<T>;
}

/** What a budget is made of. */
export interface CheckBudgetOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** How work is ended. Default: by the engine's clock. */
  readonly limit?: typeof withinTime;
}

/**
 * Compiling takes some 0.1 ms for each value, so it is paid by values: a busy machine then decides no less than an
 * idle one. A time is only set for schemas that cost more than their size tells.
 */
const compiledValues = 1000;
const compileMs = 100;

/**
 * Milliseconds of a request's checks, and of one of them. Nothing else happens in the process meanwhile, so even all of
 * them in a row must be too few to be felt; honest patterns need microseconds.
 */
const totalMs = 80;
const checkMs = 60;

/** Creates the budget of one client request. */
export function createCheckBudget({ now, limit = withinTime }: CheckBudgetOptions): CheckBudget {
  const givenUp = new WeakSet<object>();
  let valuesLeft = compiledValues;
  let msLeft = totalMs;

  function attempt<T>(subject: object, milliseconds: number, work: () => T): Outcome<T> {
    const outcome = limit(milliseconds, () => ({ done: work() }));
    if (outcome === undefined) givenUp.add(subject);
    return outcome;
  }

  return {
    compile(subject, values, work) {
      if (givenUp.has(subject) || values > valuesLeft) return undefined;
      valuesLeft -= values;
      return attempt(subject, compileMs, work);
    },
    check(subject, work) {
      if (givenUp.has(subject) || msLeft < 1) return undefined;
      const begin = now();
      try {
        return attempt(subject, Math.min(checkMs, Math.ceil(msLeft)), work);
      } finally {
        msLeft -= now() - begin;
      }
    },
  };
}
