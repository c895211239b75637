import type { DatabaseSync } from "node:sqlite";

import type { Cell } from "../../../ledger/roll-up.ts";
import { figureNames } from "../../../ledger/sum-up.ts";
import { countBuckets, decodeTimes, encodeTimes } from "../../../ledger/time-buckets.ts";
import { dayMs } from "../../../ledger/time-names.ts";
import { cellCounts, cellKeys, cellTimes } from "./cell-columns.ts";
import type { NameNumbers } from "./name-numbers.ts";

/** Times are put behind those that are there, until they are longer than this, in bytes; then each bucket becomes one entry again. */
const longestTimes = 512;

function addTimes(name: string): string {
  const both = `CAST("${name}" || excluded."${name}" AS BLOB)`;
  return `"${name}" = CASE WHEN length("${name}") + length(excluded."${name}") > ${longestTimes} THEN fold_times(${both}) ELSE ${both} END`;
}

/** Adds cells to those of the file. */
export function createCellWriter(
  database: DatabaseSync,
  names: NameNumbers,
): (cells: readonly Cell[]) => void {
  database.function("fold_times", { deterministic: true }, (bytes) =>
    bytes instanceof Uint8Array ? encodeTimes(decodeTimes(bytes)) : null,
  );
  const columns = [...cellKeys, ...cellCounts, "lastAt", ...cellTimes];
  const upsert = database.prepare(`
    INSERT INTO cells (${columns.map((name) => `"${name}"`).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})
    ON CONFLICT DO UPDATE SET "lastAt" = max("lastAt", excluded."lastAt"),
    ${cellCounts.map((name) => `"${name}" = "${name}" + excluded."${name}"`).join(", ")},
    ${cellTimes.map(addTimes).join(", ")}`);

  return (cells) => {
    for (const { period, slot, view, figures, ...cell } of cells) {
      const day = Math.floor((slot * period.ms) / dayMs);
      const numberOf = (text: string | undefined) =>
        text === undefined ? 0 : names.numberOf(text, day, true);
      upsert.run(
        period.number,
        slot,
        view.number,
        ...cell.names.map(numberOf),
        ...figureNames.map((name) => figures[name]),
        cell.recovered,
        view.hasTimes ? cell.lastAt : 0,
        encodeTimes(countBuckets(view.hasTimes ? cell.firstTokenBuckets : [])),
        encodeTimes(countBuckets(view.hasTimes ? cell.totalBuckets : [])),
      );
    }
  };
}
