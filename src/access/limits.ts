import type { BudgetPeriod } from "./access-key.ts";

/**
 * One thing that is counted against a cap:
 * - `rate`: what came in any stretch of the period (`minute`, `day`), which slides;
 * - `budget`: what was spent in the present period of the calendar;
 * - `concurrency`: what is not over.
 */
export interface Limit {
  /**
   * Unique: `key_….requests_per_minute`, `bud_….nano-usd`. What is counted under an id never changes its kind or unit (nor a rate its
   * period); the cap and a budget's period may, and what is used stays.
   */
  readonly id: string;
  readonly kind: "rate" | "budget" | "concurrency";
  /** Whole numbers of these; a billionth of a US dollar is fine enough for the price of a token. */
  readonly unit: "requests" | "tokens" | "nano-usd";
  readonly cap: number;
  /** Of a rate `minute` or `day`; of `concurrency` there is none. */
  readonly period: BudgetPeriod | "minute" | undefined;
}

/** So much of a limit is wanted. */
export interface Take {
  readonly limit: Limit;
  /** A whole number, 0 or more, of the limit's unit. */
  readonly amount: number;
}

/** What a request wants, all of it or nothing. */
export interface Reservation {
  /** Unique for all time; by it the reservation is settled. */
  readonly id: string;
  /** The key and its ancestors: where one of them was revoked meanwhile, it is refused. */
  readonly keys: readonly string[];
  /** No limit twice. */
  readonly takes: readonly Take[];
}

/**
 * Why a reservation was not made: the limit that stands longest in its way. One that only a change of it could open counts as longest,
 * one that opens when requests end as shortest; of equals the first.
 */
export type Refusal =
  | { readonly kind: "revoked" }
  | {
      readonly kind: "limit";
      readonly limit: Limit;
      /** What is used and held of it now. */
      readonly used: number;
      /** What opens it: time, running requests that give back what they hold of it (nobody knows when), or nothing but a change of it. */
      readonly until: "time" | "settled" | "changed";
      /** Of `time`: after so many ms the same would fit if nothing else came. */
      readonly retryAfterMs: number | undefined;
    };

/** What a request has truly cost, in whole numbers. A limit of requests stays at what was reserved. */
export interface Spent {
  readonly tokens: number;
  readonly nanoUsd: number;
}

/** How a limit stands. */
export interface LimitState {
  readonly limit: Limit;
  /** Settled, of the present period or of the sliding stretch. */
  readonly used: number;
  /** Reserved and not settled: of a rate nothing, since there it is used at once. */
  readonly held: number;
  /** When the present period ends; of a rate, when all that is used has slid out (now, if nothing is). `undefined`: of `total` and `concurrency`. */
  readonly resetsAt: number | undefined;
}

/**
 * Decides which requests fit. Each method is atomic over all limits that it touches, in all processes that share the state.
 * Rejects with `StoreError` while the state is away.
 *
 * A reservation counts as used at once: of a rate in the stretch in which it was made, so that a long stream does not fill
 * a minute for as long as it runs; of a budget as `held`. Settling puts the true figure in its place, which may be larger than what was
 * reserved and than the cap: what was spent is never denied.
 */
export interface Limits {
  /** Takes all or nothing; resolves with why nothing was taken. A reservation whose process dies is given back after a lease. */
  reserve(reservation: Reservation): Promise<Refusal | undefined>;
  /**
   * Settles a reservation by what it has cost, once: what is settled already, or never was, changes nothing. Nobody waits for it, and it is
   * never dropped: while the state is away it is kept, and told when it is back.
   */
  settle(id: string, spent: Spent): void;
  /** How limits stand now. */
  look(limits: readonly Limit[]): Promise<readonly LimitState[]>;
  /** Forgets what is used of limits that bind nobody any more, by their ids; where something is reserved of one, it stays. */
  forget(ids: readonly string[]): Promise<void>;
  /** Resolves when all that was settled so far is kept. */
  flush(): Promise<void>;
}
