import { loadAjv } from "./load-ajv.ts";
import { withinTime } from "../within-time.ts";

/** What came of work with a schema; `undefined` when it was not done, or not to its end. */
export type Outcome<T> = { readonly done: T } | undefined;

/**
 * What JSON and schemas may cost in one client request, whatever is made of it: all choices, turns and calls. All of it
 * is paid out of one time. `subject` stands for a schema: what took too long once is not begun again in this request.
 * Methods throw what the work throws.
 */
export interface CheckBudget {
  /** Compiles a schema of so many JSON values. */
  compile<T>(subject: object, values: number, work: () => T): Outcome<T>;
  /** Does a check that may have no end, such as that of a client's regular expression. */
  check<T>(subject: object, work: () => T): Outcome<T>;
  /** Mends a text of so many UTF-16 units, or changes what stands in it. */
  change<T>(length: number, work: () => T): Outcome<T>;
  /** Parses or writes a text of so many UTF-16 units: always done, since nothing goes without, and paid afterwards. */
  convert<T>(length: number, work: () => T): T;
}

/** What a budget is made of. */
export interface CheckBudgetOptions {
  /** Milliseconds of a clock that never goes back; one that stands still while the process waits is fairest. */
  readonly now: () => number;
  /** How work is ended. Default: by the engine's clock. */
  readonly limit?: typeof withinTime;
}

/**
 * Milliseconds of a request's work, and of one check. Nothing else happens in the process meanwhile, so even all of
 * it in a row must be too little to be felt; honest schemas need some milliseconds, honest patterns microseconds.
 */
const totalMs = 60;
const checkMs = 45;

/**
 * Compiling takes some 0.03 ms for each value, so what is compiled is decided by values: a busy machine then decides no
 * less than an idle one. A time is only set for schemas that cost more than their size tells.
 */
const compiledValues = 1000;
const compileMs = 75;

/** What is shorter takes a millisecond at worst, and watching the time a third of one: an answer may hold thousands. */
const longestUnwatched = 1000;

/** The engine's clock goes on while the process waits for a processor: work that had no fair part of its time begins anew. */
const mostStarts = 3;
const fairPart = 0.5;

/** Creates the budget of one client request. */
export function createCheckBudget({ now, limit = withinTime }: CheckBudgetOptions): CheckBudget {
  const givenUp = new WeakSet<object>();
  let valuesLeft = compiledValues;
  let msLeft = totalMs;

  function pay<T>(work: () => T): T {
    const begin = now();
    try {
      return work();
    } finally {
      msLeft -= now() - begin;
    }
  }

  function attempt<T>(milliseconds: number, work: () => T): Outcome<T> {
    // What work with a time would load would stay loaded in part when its time is up, for as long as the process lives.
    loadAjv();
    return pay(() => {
      for (let starts = 1; ; starts += 1) {
        const begin = now();
        const outcome = limit(milliseconds, () => ({ done: work() }));
        const spent = now() - begin;
        // A clock that stands still tells nothing.
        const waited = spent > 0 && spent < milliseconds * fairPart;
        if (outcome !== undefined || !waited || starts >= mostStarts) return outcome;
      }
    });
  }

  function attemptOnce<T>(subject: object, milliseconds: number, work: () => T): Outcome<T> {
    const outcome = attempt(milliseconds, work);
    if (outcome === undefined) givenUp.add(subject);
    return outcome;
  }

  return {
    compile(subject, values, work) {
      if (givenUp.has(subject) || values > valuesLeft) return undefined;
      valuesLeft -= values;
      return attemptOnce(subject, compileMs, work);
    },
    check(subject, work) {
      if (givenUp.has(subject) || msLeft < 1) return undefined;
      return attemptOnce(subject, Math.min(checkMs, Math.ceil(msLeft)), work);
    },
    change(length, work) {
      if (length <= longestUnwatched) return { done: work() };
      return msLeft < 1 ? undefined : attempt(Math.ceil(msLeft), work);
    },
    convert: (length, work) => (length <= longestUnwatched ? work() : pay(work)),
  };
}
