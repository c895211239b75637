import type { LedgerGroup, LedgerSumQuery } from "./ledger.ts";
import { dayMs, hourMs } from "./time-names.ts";

/** A time, ms since the epoch: the first is in it, the last is not. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A time cut into what sums of whole days and of whole hours can tell, and the rest, which only rows can. No part is empty. */
export interface SplitSpan {
  readonly days: readonly Span[];
  readonly hours: readonly Span[];
  readonly rows: readonly Span[];
}

/** The whole steps in a span, and what is left before and after them. */
function cut({ from, to }: Span, step: number): { whole: Span | undefined; rest: readonly Span[] } {
  const first = Math.ceil(from / step) * step;
  const last = Math.floor(to / step) * step;
  if (first >= last) return { whole: undefined, rest: [{ from, to }] };
  const rest = [
    { from, to: first },
    { from: last, to },
  ];
  return { whole: { from: first, to: last }, rest: rest.filter((span) => span.from < span.to) };
}

/**
 * Cuts a time at the edges of days and hours in UTC, so that as much as possible is read from the fewest sums. `finest`: `hour` when each
 * hour is to be told apart, then no days are used. An end that is infinite is of the coarsest.
 */
export function splitSpan(span: Span, finest: "day" | "hour"): SplitSpan {
  if (span.from >= span.to) return { days: [], hours: [], rows: [] };
  const byDay = finest === "hour" ? { whole: undefined, rest: [span] } : cut(span, dayMs);
  const byHour = byDay.rest.map((rest) => cut(rest, hourMs));
  return {
    days: byDay.whole === undefined ? [] : [byDay.whole],
    hours: byHour.flatMap(({ whole }) => (whole === undefined ? [] : [whole])),
    rows: byHour.flatMap(({ rest }) => rest),
  };
}

/** What sums that were made when rows were written can tell apart. */
const summed: ReadonlySet<LedgerGroup> = new Set(["key", "model", "day", "hour"]);

/** Cuts the time of a question into what such sums can answer and what only rows can: all of it where they don't tell enough apart. */
export function splitQuery({
  by,
  from = -Infinity,
  to = Infinity,
  upstream,
  dialect,
}: LedgerSumQuery): SplitSpan {
  if (upstream === undefined && dialect === undefined && by.every((group) => summed.has(group)))
    return splitSpan({ from, to }, by.includes("hour") ? "hour" : "day");
  return { days: [], hours: [], rows: from < to ? [{ from, to }] : [] };
}
