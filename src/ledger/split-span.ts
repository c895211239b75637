import type { Period } from "./views.ts";

/** A time, ms since the epoch: the first is in it, the last is not. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Whole slots of a period. */
export interface PeriodSpan extends Span {
  readonly period: Period;
}

/** A time cut into whole slots and the rest, which only rows can tell. No part is empty. */
export interface SplitSpan {
  readonly slots: readonly PeriodSpan[];
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
 * Cuts a time at the edges of slots, so that as much as possible is read from the longest. `periods`: those that may be used, ascending. An
 * end that is infinite is of the longest.
 */
export function splitSpan(span: Span, periods: readonly Period[]): SplitSpan {
  if (span.from >= span.to) return { slots: [], rows: [] };
  const slots: PeriodSpan[] = [];
  let rows: readonly Span[] = [span];
  for (const period of periods.toReversed()) {
    rows = rows.flatMap((part) => {
      const { whole, rest } = cut(part, period.ms);
      if (whole !== undefined) slots.push({ period, ...whole });
      return rest;
    });
  }
  return { slots, rows };
}
