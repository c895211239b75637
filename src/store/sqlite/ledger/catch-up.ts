import type { DatabaseSync } from "node:sqlite";

import type { Cell } from "../../../ledger/roll-up.ts";
import { rollUp } from "../../../ledger/roll-up.ts";
import { fromCells } from "./ledger-columns.ts";

/** So many rows at once: some 20 ms. */
const stepRows = 500;

/** Makes the cells of rows that were noted before there were cells, a little at a time. */
export interface CatchUp {
  readonly isDue: () => boolean;
  /** Takes one step. Runs inside a transaction. `recentFrom`: as `rollUp` has it. */
  step(recentFrom: number): void;
}

/** Looks whether the file has sums in place of cells, as the first ledgers had, and if so drops them. Must be called outside of a transaction. */
export function createCatchUp(database: DatabaseSync, addCells: (cells: readonly Cell[]) => void): CatchUp {
  const exists = (table: string) =>
    database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(table) !== undefined;
  if (exists("hours"))
    database.exec(`
      BEGIN IMMEDIATE;
      CREATE TABLE catchUp (done INTEGER NOT NULL, last INTEGER NOT NULL);
      INSERT INTO catchUp SELECT min(sequence) - 1, max(sequence) FROM requests HAVING count(*) > 0;
      DROP TABLE hours; DROP TABLE IF EXISTS days;
      COMMIT`);
  if (!exists("catchUp")) return { isDue: () => false, step() {} };

  const place = database.prepare("SELECT done, last FROM catchUp WHERE done < last");
  const next = database.prepare(`
    SELECT requests.* FROM requests, catchUp WHERE sequence > done AND sequence <= last ORDER BY sequence LIMIT ${stepRows}`);
  const move = database.prepare("UPDATE catchUp SET done = ?");
  const selectName = database.prepare("SELECT text FROM names WHERE id = ?");
  const nameOf = (id: number) => {
    const text = selectName.get(id)?.["text"];
    return typeof text === "string" ? text : undefined;
  };

  return {
    isDue: () => place.get() !== undefined,
    step(recentFrom) {
      const found = next.all();
      const rows = found.map((cells) => fromCells(cells, nameOf));
      addCells(rollUp(rows, recentFrom));
      move.run(Number(found.at(-1)?.["sequence"] ?? place.get()?.["last"] ?? 0));
    },
  };
}
