import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

import type { LedgerRow } from "../../../ledger/ledger-row.ts";
import { dayMs, hourMs } from "../../../ledger/time-names.ts";
import type { Table } from "../protocol.ts";
import { ledgerColumns, toCells } from "./ledger-columns.ts";
import { ledgerSchema } from "./ledger-schema.ts";
import { createNameNumbers } from "./name-numbers.ts";
import { watchFile } from "./open-ledger-file.ts";
import { createLedgerPruning, type LedgerBounds } from "./prune-ledger.ts";
import { createSumWriter, type NumberedRow } from "./sum-writer.ts";

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
  const addToHours = createSumWriter(database, "hours", hourMs);
  const addToDays = createSumWriter(database, "days", dayMs);
  const columns = Object.keys(ledgerColumns);
  const insert = database.prepare(
    `INSERT INTO requests (${columns.map((name) => `"${name}"`).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );

  function note(rows: readonly LedgerRow[]): void {
    const numbered = rows.map((row): NumberedRow => {
      const day = Math.floor(row.at / dayMs);
      const lasting = (text: string | undefined) =>
        text === undefined ? 0 : names.numberOf(text, day, true);
      const numbers = { row, key: lasting(row.key), model: lasting(row.model) };
      insert.run(...toCells(row, (text) => names.numberOf(text, day, false)));
      return numbers;
    });
    addToHours(numbered);
    addToDays(numbered);
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
      note(rows);
      if (prune) pruning.step(now);
      return pruning.isDue(now);
    },
    makeRoom: () => false,
    forget: names.forget,
  };
}
