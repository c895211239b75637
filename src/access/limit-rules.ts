/** The rules by which counters are read, the same for every engine; those of PostgreSQL are these in SQL. */
import type { Limit, LimitState, Refusal, Spent, Take } from "./limits.ts";
import { endOfPeriod, startOfPeriod } from "./period-bounds.ts";

/** The counter of one limit. All of it in the limit's unit, times in ms since the epoch. */
export interface Counter {
  /** When its present window began: of a budget the period, of a rate a multiple of its length; of `concurrency` 0. It never goes back. */
  win: number;
  /** Of the present window: of a budget what was settled, of a rate what was reserved, corrected by what was settled. */
  used: number;
  /** Of a rate: the same of the window before. */
  prev: number;
  /** Of budgets and `concurrency`: what is reserved and not settled. */
  held: number;
}

/** What a refusal says of a limit. */
export type LimitRefusal = Extract<Refusal, { kind: "limit" }>;

const rateLengths = { minute: 60_000, day: 86_400_000 };

/** How long a rate's window is, in ms. */
export function lengthOfRate(limit: Limit): number {
  return limit.period === "day" ? rateLengths.day : rateLengths.minute;
}

/** The window in which `at` is. */
export function windowOf(limit: Limit, at: number): number {
  if (limit.kind === "concurrency") return 0;
  if (limit.kind === "budget") return startOfPeriod(budgetPeriod(limit), at);
  const length = lengthOfRate(limit);
  return Math.floor(at / length) * length;
}

/** When the window ends in which `at` is; infinity where there is only one. */
export function endOfWindow(limit: Limit, at: number): number {
  if (limit.kind === "concurrency") return Infinity;
  return limit.kind === "budget"
    ? endOfPeriod(budgetPeriod(limit), at)
    : windowOf(limit, at) + lengthOfRate(limit);
}

/** Brings a counter to the window in which `at` is, unless the clock went back or a budget's period became a longer one: then what is used stays. */
export function rollCounter(limit: Limit, counter: Counter, at: number): void {
  const win = windowOf(limit, at);
  if (win <= counter.win) return;
  counter.prev = limit.kind === "rate" && win - counter.win === lengthOfRate(limit) ? counter.used : 0;
  counter.used = 0;
  counter.win = win;
}

/** What is used at `at` of a counter in its present window: of a rate the sum that slides. Multiplied first, so that whole numbers stay exact. */
export function usedOf(limit: Limit, { win, used, prev }: Counter, at: number): number {
  if (limit.kind !== "rate" || prev === 0) return used;
  const length = lengthOfRate(limit);
  const left = Math.min(length, Math.max(0, win + length - at));
  return used + Math.ceil((prev * left) / length);
}

/** Why so much does not fit; `undefined`: it does. */
export function judgeTake({ limit, amount }: Take, counter: Counter, at: number): LimitRefusal | undefined {
  const used = usedOf(limit, counter, at);
  const sum = used + counter.held;
  if (sum + amount <= limit.cap) return undefined;
  const refusal = { kind: "limit", limit, used: sum } as const;
  if (amount > limit.cap) return { ...refusal, until: "changed", retryAfterMs: undefined };
  if (limit.kind === "concurrency" || used + amount <= limit.cap)
    return { ...refusal, until: "settled", retryAfterMs: undefined };
  const opensAt = limit.kind === "rate" ? rateOpensAt(limit, counter, amount) : endOfWindow(limit, at);
  if (opensAt === Infinity) return { ...refusal, until: "changed", retryAfterMs: undefined };
  return { ...refusal, until: "time", retryAfterMs: Math.max(1, opensAt - at) };
}

/** The first ms at which a sum that slides has room for `amount`, which is not more than the cap. */
function rateOpensAt(limit: Limit, { win, used, prev }: Counter, amount: number): number {
  const length = lengthOfRate(limit);
  const room = limit.cap - used - amount;
  // It fits where ceil(prev × left / length) <= room; both are whole, so where left <= room × length / prev.
  if (room >= 0) return win + length - Math.floor((room * length) / prev);
  // In the next window all of this one is the one before.
  const nextRoom = limit.cap - amount;
  return win + 2 * length - Math.min(length, Math.floor((nextRoom * length) / used));
}

/** The refusal that stands longer in the way; of equals the first. */
export function longerRefusal(
  first: LimitRefusal | undefined,
  second: LimitRefusal | undefined,
): LimitRefusal | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return lengthOf(second) > lengthOf(first) ? second : first;
}

function lengthOf({ until, retryAfterMs = 0 }: LimitRefusal): number {
  return until === "changed" ? Infinity : retryAfterMs;
}

/** Puts what a request has truly spent of a limit in the place of what it had reserved in the window `win`. The counter is in its present window. */
export function settleCounter(
  limit: Limit,
  counter: Counter,
  reserved: { readonly amount: number; readonly win: number },
  spent: number,
): void {
  if (limit.kind === "rate") {
    const more = spent - reserved.amount;
    if (reserved.win === counter.win) counter.used += more;
    // Before that it counts no more.
    else if (reserved.win === counter.win - lengthOfRate(limit)) counter.prev += more;
    return;
  }
  counter.held -= reserved.amount;
  if (limit.kind === "budget") counter.used += spent;
}

/** How much of a limit a request has truly cost, of which it had reserved so much. */
export function spentOf(unit: Limit["unit"], { tokens, nanoUsd }: Spent, reserved: number): number {
  if (unit === "requests") return reserved;
  return unit === "tokens" ? tokens : nanoUsd;
}

/** How a limit stands. */
export function toLimitState(limit: Limit, counter: Counter, at: number): LimitState {
  return {
    limit,
    used: usedOf(limit, counter, at),
    held: counter.held,
    resetsAt: limit.kind === "rate" ? rateIsOutAt(limit, counter, at) : finite(endOfWindow(limit, at)),
  };
}

function rateIsOutAt(limit: Limit, { win, used, prev }: Counter, at: number): number {
  const length = lengthOfRate(limit);
  if (used > 0) return win + 2 * length;
  return prev > 0 ? win + length : at;
}

function budgetPeriod({ period }: Limit) {
  return period === undefined || period === "minute" ? "total" : period;
}

function finite(at: number): number | undefined {
  return at === Infinity ? undefined : at;
}
