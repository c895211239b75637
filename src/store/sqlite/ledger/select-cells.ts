import type { PeriodSpan } from "../../../ledger/split-span.ts";
import type { View } from "../../../ledger/views.ts";
import type { Conditions } from "./select-rows.ts";

/** The number of the first slot that is not before a time. */
function slotAt(time: number, ms: number): number {
  const slot = Math.ceil(time / ms);
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, slot));
}

/**
 * The conditions of a view's cells in whole slots of a period. Slots that have any are looked for one after the other, so that of each only
 * what the view, and what stands behind it in the key, needs is read.
 */
export function cellsOf(view: View, { period, from, to }: PeriodSpan): Conditions {
  const [first, end] = [slotAt(from, period.ms), slotAt(to, period.ms)];
  return {
    terms: [
      `period = ${period.number}`,
      `slot IN (
        WITH RECURSIVE some (number) AS (
          SELECT min(slot) FROM cells WHERE period = ${period.number} AND slot >= ?
          UNION ALL
          SELECT (SELECT min(slot) FROM cells WHERE period = ${period.number} AND slot > number) FROM some WHERE number < ?)
        SELECT number FROM some WHERE number < ?)`,
      `view = ${view.number}`,
    ],
    values: [first, end, end],
  };
}
