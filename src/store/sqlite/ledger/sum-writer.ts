import type { DatabaseSync } from "node:sqlite";

import type { LedgerRow } from "../../../ledger/ledger-row.ts";
import { figureNames, type SumFigures, toFigures } from "../../../ledger/sum-up.ts";

/** A row, with the numbers of its key and model. */
export interface NumberedRow {
  readonly row: LedgerRow;
  readonly key: number;
  readonly model: number;
}

interface Sum extends Record<keyof SumFigures, number> {
  readonly slot: number;
  readonly key: number;
  readonly model: number;
}

/** Adds rows to a table of sums. `stepMs`: of what the table has a sum each. */
export function createSumWriter(
  database: DatabaseSync,
  table: "hours" | "days",
  stepMs: number,
): (rows: readonly NumberedRow[]) => void {
  const upsert = database.prepare(`
    INSERT INTO ${table} VALUES (?, ?, ?, ${figureNames.map(() => "?").join(", ")})
    ON CONFLICT (slot, "key", model) DO UPDATE SET
    ${figureNames.map((column) => `"${column}" = "${column}" + excluded."${column}"`).join(", ")}`);

  return (rows) => {
    // One statement a group rather than one a row.
    const groups = new Map<string, Sum>();
    for (const { row, key, model } of rows) {
      const slot = Math.floor(row.at / stepMs);
      const name = `${slot} ${key} ${model}`;
      const figures = toFigures(row);
      const sum = groups.get(name);
      if (sum === undefined) groups.set(name, { slot, key, model, ...figures });
      else for (const column of figureNames) sum[column] += figures[column];
    }
    for (const sum of groups.values())
      upsert.run(sum.slot, sum.key, sum.model, ...figureNames.map((column) => sum[column]));
  };
}
