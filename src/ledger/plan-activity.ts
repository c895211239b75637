import type { LedgerActivityQuery } from "./activity.ts";
import { type PeriodSpan, splitSpan } from "./split-span.ts";
import { type Dimension, findView, type Period, periods, type View } from "./views.ts";

/** Cells of a view in some times. */
export interface CellRange {
  readonly view: View;
  readonly spans: readonly PeriodSpan[];
}

/** Which cells tell an activity: its steps, its models, and its upstreams and errors. */
export interface ActivityPlan {
  readonly steps: CellRange;
  readonly models: CellRange;
  readonly fates: CellRange;
}

/** Plans an activity over as few cells as tell it; throws `RangeError` where it is not cut into whole slots. */
export function planActivity({ from, to, stepMs, key }: LedgerActivityQuery): ActivityPlan {
  const finest: Period | undefined = [periods.half, periods.recent].find(({ ms }) =>
    [from, to, stepMs].every((time) => time % ms === 0),
  );
  if (finest === undefined) throw new RangeError("an activity is told of whole slots alone");

  function range(wanted: readonly Dimension[], some: readonly [Period, ...Period[]]): CellRange {
    const all: readonly Dimension[] = key === undefined ? wanted : ["key", ...wanted];
    const view = findView(all, { period: some[0], hasTimes: true });
    if (view === undefined) throw new RangeError(`no view has ${all.join(", ")}`);
    return { view, spans: splitSpan({ from, to }, some).slots };
  }

  const ofParts: readonly [Period, ...Period[]] = finest === periods.half ? [finest, periods.day] : [finest];
  return {
    steps: range([], [finest]),
    models: range(["model"], ofParts),
    fates: range(["upstream", "error"], ofParts),
  };
}
