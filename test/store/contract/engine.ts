import type { KeyStore } from "../../../src/access/key-store.ts";
import type { Limit, Limits, Reservation } from "../../../src/access/limits.ts";

/** What an engine keeps. */
export interface OpenedEngine extends AsyncDisposable {
  readonly keys: KeyStore;
  readonly limits: Limits;
}

/**
 * Opens an engine that keeps nothing yet. Its counters follow this clock, also where they else follow that of a database;
 * leases do not, since the clock jumps.
 */
export type OpenEngine = (now: () => number) => Promise<OpenedEngine>;

/** A clock that the test moves. Tests begin on Wednesday, 2026-11-25, 12:00 UTC. */
export interface TestClock {
  time: number;
  readonly now: () => number;
}

/** Creates the clock. */
export function createClock(time = Date.UTC(2026, 10, 25, 12)): TestClock {
  const clock: TestClock = { time, now: () => clock.time };
  return clock;
}

let last = 0;

/** An id that no other test has, so that engines whose state outlives them can be tested. */
export function uniqueId(prefix: string): string {
  last += 1;
  return `${prefix}_${process.pid}_${Date.now()}_${last}`;
}

/** A limit with an id of its own. */
export function limitOf(
  kind: Limit["kind"],
  cap: number,
  more: Partial<Pick<Limit, "unit" | "period">> = {},
): Limit {
  const period = { rate: "minute", budget: "day", concurrency: undefined } as const;
  const unit = kind === "concurrency" ? "requests" : "tokens";
  return { id: uniqueId(kind), kind, cap, unit, period: period[kind], ...more };
}

/** A request that wants so much of each limit. */
export function requestFor(
  takes: readonly (readonly [Limit, number])[],
  keys: readonly string[] = [],
): Reservation {
  return { id: uniqueId("hold"), keys, takes: takes.map(([limit, amount]) => ({ limit, amount })) };
}
