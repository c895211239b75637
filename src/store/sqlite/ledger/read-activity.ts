import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

import {
  type ActivityFigure,
  createActivitySum,
  type LedgerActivity,
  type LedgerActivityQuery,
} from "../../../ledger/activity.ts";
import { type CellRange, planActivity } from "../../../ledger/plan-activity.ts";
import { readFigures } from "../../../ledger/sum-up.ts";
import { decodeTimes, type Times } from "../../../ledger/time-buckets.ts";
import { cellCounts } from "./cell-columns.ts";
import { cellsOf } from "./select-cells.ts";
import { type FindName, toConditions, toWhere } from "./select-rows.ts";

/** How names are found by their numbers, and the other way round. */
export interface Names {
  readonly findName: FindName;
  readonly nameOf: (id: number) => string | undefined;
}

/** Counts as floating point, since an integer that is too large for a number would fail. */
const columns = [
  "slot, model, upstream, error, lastAt, firstTokenTimes, totalTimes",
  ...cellCounts.map((name) => `CAST("${name}" AS REAL) AS "${name}"`),
].join(", ");

const timesOf = (cell: SQLOutputValue | undefined): Times =>
  decodeTimes(cell instanceof Uint8Array ? cell : new Uint8Array());

/** Adds up the cells of a time. Throws `RangeError` where it is not cut into whole slots. */
export function readActivity(
  database: DatabaseSync,
  query: LedgerActivityQuery,
  { findName, nameOf }: Names,
): LedgerActivity {
  const { from, stepMs, key } = query;
  const { steps, models, fates } = planActivity(query);
  const sum = createActivitySum();
  const filter = toConditions(key === undefined ? {} : { key }, findName);
  if (filter === undefined) return sum.activity();

  function read(
    { view, spans }: CellRange,
    add: (part: ActivityFigure, nameIn: (column: string) => string | undefined, at: number) => void,
  ): void {
    for (const span of spans) {
      const cells = cellsOf(view, span);
      const where = toWhere({ ...cells, terms: [...cells.terms, ...(filter?.terms ?? [])] });
      const found = database
        .prepare(`SELECT ${columns} FROM cells ${where}`)
        .iterate(...cells.values, ...(filter?.values ?? []));
      for (const cell of found) {
        const part = {
          ...readFigures(cell),
          recovered: Number(cell["recovered"]),
          lastAt: Number(cell["lastAt"]),
          firstTokenTimes: timesOf(cell["firstTokenTimes"]),
          totalTimes: timesOf(cell["totalTimes"]),
        };
        add(part, (column) => nameOf(Number(cell[column])), Number(cell["slot"]) * span.period.ms);
      }
    }
  }

  read(steps, (part, _nameIn, at) => sum.addStep(Math.floor((at - from) / stepMs), part));
  read(models, (part, nameIn) => sum.addModel(nameIn("model"), part));
  read(fates, (part, nameIn) => sum.addFate(nameIn("upstream"), nameIn("error"), part));
  return sum.activity();
}
