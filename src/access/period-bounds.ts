import type { BudgetPeriod } from "./access-key.ts";

interface Bounds {
  start(at: number): number;
  end(at: number): number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The epoch was a Thursday: its week began three days before. */
const mondayMs = -3 * dayMs;

/** Periods of one length, of which one began at `origin`. */
function every(length: number, origin = 0): Bounds {
  const start = (at: number) => origin + Math.floor((at - origin) / length) * length;
  return { start, end: (at) => start(at) + length };
}

function startOfMonth(at: number, later: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later);
}

const bounds: Readonly<Record<BudgetPeriod, Bounds>> = {
  hour: every(hourMs),
  day: every(dayMs),
  week: every(7 * dayMs, mondayMs),
  month: { start: (at) => startOfMonth(at, 0), end: (at) => startOfMonth(at, 1) },
  total: { start: () => 0, end: () => Infinity },
};

/** When the period of the UTC calendar began in which `at` is; of `total` 0. All in ms since the epoch. */
export function startOfPeriod(period: BudgetPeriod, at: number): number {
  return bounds[period].start(at);
}

/** When the next one begins; of `total` there is none: infinity. */
export function endOfPeriod(period: BudgetPeriod, at: number): number {
  return bounds[period].end(at);
}
