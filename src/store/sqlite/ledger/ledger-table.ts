import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

import type { LedgerRow } from "../../../ledger/ledger-row.ts";
import { recentFrom } from "../../../ledger/retention.ts";
import { rollUp } from "../../../ledger/roll-up.ts";
import { dayMs } from "../../../ledger/time-names.ts";
import type { Table } from "../protocol.ts";
import { createCatchUp } from "./catch-up.ts";
import { createCellWriter } from "./cell-writer.ts";
import { ledgerColumns, toCells } from "./ledger-columns.ts";
import { ledgerSchema } from "./ledger-schema.ts";
import { createNameNumbers } from "./name-numbers.ts";
import { watchFile } from "./open-ledger-file.ts";
import { createLedgerPruning, type LedgerBounds } from "./prune-ledger.ts";

export { openForWriting as openFile } from "./open-ledger-file.ts";

/** What the writer is started with. */
export interface LedgerTableSettings extends LedgerBounds {
  readonly file: string;
}

/** Notes rows, or takes a step of pruning without any. The answer: whether there is (more) to prune. */
export interface LedgerCommand {
  readonly rows: readonly LedgerRow[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly prune: boolean;
}

/** How large the write-ahead log may get while somebody's open transaction keeps it from being emptied. In bytes. */
const largestLog = 67_108_864;

/** The writer's side of a ledger. */
export function openTable(
  database: DatabaseSync,
  settings: LedgerTableSettings,
): Table<never, LedgerCommand> {
  database.exec(ledgerSchema);
  const { file } = settings;
  const checkFile = watchFile(file);
  const names = createNameNumbers(database);
  const pruning = createLedgerPruning(database, settings, names);
  const addCells = createCellWriter(database, names);
  const catchUp = createCatchUp(database, addCells);
  const columns = Object.keys(ledgerColumns);
  const insert = database.prepare(
    `INSERT INTO requests (${columns.map((name) => `"${name}"`).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );

  function note(rows: readonly LedgerRow[], now: number): void {
    for (const row of rows) {
      const day = Math.floor(row.at / dayMs);
      insert.run(...toCells(row, (text) => names.numberOf(text, day, false)));
    }
    addCells(rollUp(rows, recentFrom(now)));
  }

  function step(now: number): void {
    if (catchUp.isDue()) catchUp.step(recentFrom(now));
    else pruning.step(now);
  }

  return {
    read() {
      throw new Error("reports are read by their own connection");
    },
    write({ rows, now, prune }) {
      checkFile();
      const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
      if ((log?.size ?? 0) > largestLog)
        throw new Error("another program's open transaction keeps the write-ahead log from being emptied");
      note(rows, now);
      if (prune) step(now);
      return catchUp.isDue() || pruning.isDue(now);
    },
    makeRoom: () => false,
    forget: names.forget,
  };
}
