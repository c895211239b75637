import { dayMs, hourMs } from "./time-names.ts";
import { type Period, periods } from "./views.ts";

/** An activity of an hour is asked for, and what lasts long is noted late. */
const recentMs = 3 * hourMs;
/** The longest activity is of 30 days, and begins with a whole step of 15 hours. */
const shortDays = 35;
/** A year and a month. */
const longDays = 400;

/** How long the cells of a period are kept, in ms, where rows are kept for so many days: no shorter than those, but for the shortest period. */
export function keptMs(period: Period, days: number): number {
  if (period === periods.recent) return recentMs;
  return Math.max(days, period === periods.day ? longDays : shortDays) * dayMs;
}

/** Of rows that came before this (ms since the epoch) there are no cells of the shortest period. */
export function recentFrom(now: number): number {
  return now - recentMs;
}
