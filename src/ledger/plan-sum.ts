import type { LedgerGroup, LedgerSumQuery } from "./ledger.ts";
import { type SplitSpan, splitSpan } from "./split-span.ts";
import { type Dimension, dimensions, findView, type Period, periods, type View } from "./views.ts";

/** Where sums are read from: cells of a view, and for the rest rows. */
export interface SumPlan extends SplitSpan {
  /** Absent: no cells tell enough apart, so all is read from rows. */
  readonly view: View | undefined;
}

function isDimension(group: LedgerGroup): group is LedgerGroup & Dimension {
  return group !== "day" && group !== "hour";
}

/** Plans a sum over as few cells and rows as tell it exactly. */
export function planSum(query: LedgerSumQuery): SumPlan {
  const { by, from = -Infinity, to = Infinity } = query;
  const isFilter = (name: Dimension) => name !== "error" && name !== "client" && query[name] !== undefined;
  const wanted = new Set([...by.filter(isDimension), ...dimensions.filter(isFilter)]);
  const isHourly = by.includes("hour");
  const view = findView(wanted, isHourly ? { upTo: periods.hour } : {});
  // The shortest are not kept for as long as rows.
  const isUseful = ({ ms }: Period) => ms > periods.recent.ms && (!isHourly || ms <= periods.hour.ms);
  return { view, ...splitSpan({ from, to }, view?.periods.filter(isUseful) ?? []) };
}
