import type { Logger } from "pino";

import type { LedgerRow } from "../../ledger/ledger-row.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { Connection } from "./create-connection.ts";
import { describeFailure, isAway, PostgresError } from "./postgres-error.ts";
import { encodeRow } from "./ledger-row-columns.ts";

/** What a writer is made from. */
export interface LedgerWriterOptions {
  readonly connection: Connection;
  readonly log: Pick<Logger, "error">;
  readonly startTimer: StartTimer;
  /** The process that writes. */
  readonly owner: string;
  /** So many rows may wait. */
  readonly maximumWaiting: number;
}

/** Writes rows in batches, each once, whatever becomes of the connection meanwhile. */
export interface LedgerWriter {
  readonly dropped: number;
  add(row: LedgerRow): void;
  /** Resolves when all that was added so far is written, or dropped. */
  flush(): Promise<void>;
  /** Notes nothing more. Writes what waits, if that can be done now. */
  close(): Promise<void>;
}

const gatherMs = 50;
const againMs = 250;
const most = 500;

/** What PostgreSQL says of values that it can't take: to offer them again would be in vain. */
const badData = /^2[23]/;

/** Creates a writer. */
export function createLedgerWriter(options: LedgerWriterOptions): LedgerWriter {
  const { connection, log, startTimer, owner, maximumWaiting } = options;
  const rows: LedgerRow[] = [];
  let batch: readonly LedgerRow[] = [];
  /** Of the batch: by it the database knows whether it has it already. */
  let number = 0;
  let added = 0;
  let done = 0;
  let dropped = 0;
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
    } catch (error) {
      if (!(error instanceof PostgresError && badData.test(error.code ?? ""))) throw error;
      dropped += batch.length;
      log.error(
        { reason: describeFailure(error.cause), rows: batch.length },
        "rows of the ledger could not be kept",
      );
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
    if (stopTimer !== undefined || working !== undefined || connection.isAway) return;
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
    get dropped() {
      return dropped;
    },
    add(row) {
      if (isClosed || rows.length >= maximumWaiting) {
        dropped += 1;
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
      try {
        if (!connection.isAway) await hurry();
      } finally {
        stopTimer?.();
        dropped += batch.length + rows.length;
        rows.length = 0;
        finish();
      }
    },
  };
}
