import type { LedgerRow } from "../../ledger/ledger-row.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { ledgerClosed, type LedgerWatch, tooManyRows } from "../ledger-watch.ts";
import type { Connection } from "./create-connection.ts";
import { createAwayError, isAway, PostgresError, toDatabaseError } from "./postgres-error.ts";
import { encodeRow } from "./ledger-row-columns.ts";

/** What a writer is made from. */
export interface LedgerWriterOptions {
  readonly connection: Connection;
  readonly watch: LedgerWatch;
  readonly startTimer: StartTimer;
  /** Called when rows were written. */
  readonly onWritten: () => void;
  /** The process that writes. */
  readonly owner: string;
  /** So many rows may wait. */
  readonly maximumWaiting: number;
}

/** Writes rows in batches, each once, whatever becomes of the connection meanwhile. */
export interface LedgerWriter {
  add(row: LedgerRow): void;
  /** Resolves when all that was added so far is written, or dropped. */
  flush(): Promise<void>;
  /** Notes nothing more. Writes what waits; rejects when that can't be done now, and it is dropped then. */
  close(): Promise<void>;
}

const gatherMs = 50;
const againMs = 250;
const most = 500;

/** What PostgreSQL says of values that it can't take: to offer them again would be in vain. */
const badData = /^2[23]/;

/** Creates a writer. */
export function createLedgerWriter(options: LedgerWriterOptions): LedgerWriter {
  const { connection, watch, startTimer, onWritten, owner, maximumWaiting } = options;
  const rows: LedgerRow[] = [];
  let batch: readonly LedgerRow[] = [];
  /** Of the batch: by it the database knows whether it has it already. */
  let number = 0;
  let added = 0;
  let done = 0;
  let isClosed = false;
  let stopTimer: (() => void) | undefined;
  let working: Promise<void> | undefined;

  function finish(): void {
    done += batch.length;
    batch = [];
  }

  async function writeBatch(): Promise<void> {
    if (batch.length === 0) {
      batch = rows.splice(0, most);
      number += 1;
    }
    try {
      const body = JSON.stringify(batch.map(encodeRow));
      await connection.ask("SELECT gateway.note($1, $2, $3)", [owner, number, body], true);
      watch.written();
      onWritten();
    } catch (error) {
      if (!(error instanceof PostgresError && badData.test(error.code ?? ""))) {
        // That the database is away, the connection has told.
        if (!(error instanceof PostgresError && isAway(error)))
          watch.failed("the ledger could not be written to, which is tried again", toDatabaseError(error));
        throw error;
      }
      watch.drop(batch.length, toDatabaseError(error));
    }
    finish();
  }

  async function work(): Promise<void> {
    while (batch.length + rows.length > 0) await writeBatch();
  }

  function hurry(): Promise<void> {
    stopTimer?.();
    stopTimer = undefined;
    working ??= work().finally(() => {
      working = undefined;
    });
    return working;
  }

  function plan(milliseconds: number): void {
    if (isClosed || stopTimer !== undefined || working !== undefined || connection.isAway) return;
    if (batch.length + rows.length === 0) return;
    stopTimer = startTimer(milliseconds, () => {
      stopTimer = undefined;
      hurry().catch((error: unknown) => {
        // When it is back, it asks for what waits. What else stands in the way, such as a lock, passes.
        if (!(error instanceof PostgresError && isAway(error))) plan(againMs);
      });
    });
  }

  connection.onOpen(() => plan(0));

  return {
    add(row) {
      if (isClosed || rows.length >= maximumWaiting) {
        watch.drop(1, isClosed ? ledgerClosed : tooManyRows);
        return;
      }
      rows.push(row);
      added += 1;
      plan(gatherMs);
    },
    async flush() {
      const goal = added;
      const isDone = () => done >= goal;
      while (!isDone()) {
        try {
          await hurry();
        } catch (error) {
          if (isClosed || connection.isAway) throw error;
          await new Promise<void>((resolve) => startTimer(againMs, resolve));
        }
      }
    },
    async close() {
      isClosed = true;
      stopTimer?.();
      if (batch.length + rows.length === 0) return;
      try {
        if (connection.isAway) throw createAwayError();
        await hurry();
      } catch (error) {
        watch.drop(batch.length + rows.length, toDatabaseError(error));
        rows.length = 0;
        batch = [];
        done = added;
        throw error;
      }
    },
  };
}
