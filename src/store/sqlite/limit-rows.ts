import type { DatabaseSync } from "node:sqlite";

import type { Limit } from "../../access/limits.ts";
import { ownFile } from "./own-file.ts";
import { type PackedLimitRows, unpackLimitRows } from "./pack-limit-rows.ts";
import type { Table } from "./protocol.ts";

/** Takes the counters for this process and reads them all. Throws `database is locked` while another process has them. */
export interface LimitQuery {
  readonly load: true;
}

/** A counter as it is kept. */
export interface LimitRow extends Pick<Limit, "id" | "kind" | "unit" | "period"> {
  readonly win: number;
  readonly used: number;
  readonly prev: number;
  /** So much may have been spent in the window by now, since nobody has to tell before he goes on below it. */
  readonly ceiling: number | undefined;
}

/** Forgets the counters with these ids, then puts these. */
export interface LimitCommand {
  readonly put: PackedLimitRows;
  readonly forget: readonly string[];
}

const schema = `
  CREATE TABLE IF NOT EXISTS limits (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    period TEXT,
    win INTEGER NOT NULL,
    used INTEGER NOT NULL,
    prev INTEGER NOT NULL,
    ceiling INTEGER
  ) STRICT, WITHOUT ROWID`;

/** Of this thread's database. It outlives the connection to that, which is opened anew after a failure. */
let owned: DatabaseSync | undefined;

/** The counters in a database. Who reads or writes them owns the file `lock` from then on: only one process counts. */
export function openLimitRows(
  database: DatabaseSync,
  lock: string,
): Pick<Table<LimitQuery, LimitCommand>, "read" | "write"> {
  database.exec(schema);
  const selectAll = database.prepare("SELECT id, kind, unit, period, win, used, prev, ceiling FROM limits");
  const put = database.prepare("INSERT OR REPLACE INTO limits VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const forget = database.prepare("DELETE FROM limits WHERE id = ?");

  return {
    read() {
      owned ??= ownFile(lock);
      return selectAll.all().map(
        ({ period, ceiling, ...row }) =>
          // What was written below is a LimitRow.
          ({ ...row, period: period ?? undefined, ceiling: ceiling ?? undefined }) as unknown as LimitRow,
      );
    },
    write(command) {
      owned ??= ownFile(lock);
      // First: what counted nothing may count again.
      for (const id of command.forget) forget.run(id);
      for (const { id, kind, unit, period, win, used, prev, ceiling } of unpackLimitRows(command.put))
        put.run(id, kind, unit, period ?? null, win, used, prev, ceiling ?? null);
      return true;
    },
  };
}
