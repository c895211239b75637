import type { StartTimer } from "../../../stream/with-idle-timeout.ts";
import { createDatabase, type Database } from "../create-database.ts";
import { DatabaseError } from "../protocol.ts";
import { siblingModule } from "../sibling-module.ts";
import type { LedgerQuestion, LedgerReportSettings } from "./ledger-reports.ts";

/** No more questions wait at once: who asks in a loop without waiting gets errors instead of memory. */
const maximumWaiting = 64;

/** Answers questions to a ledger in a thread and on a connection of their own. */
export interface ReportReader {
  /** Rejects with `DatabaseError`. */
  ask(question: LedgerQuestion): Promise<unknown>;
  close(): Promise<void>;
}

/** What a reader needs. */
export interface ReportReaderOptions {
  readonly file: string;
  /** The thread ends when nothing was asked for so long, in ms. */
  readonly idleMs: number;
  readonly answerWaitMs: number;
  readonly startTimer: StartTimer;
}

/** Creates a reader; its thread is started by a question. */
export function createReportReader({
  file,
  idleMs,
  answerWaitMs,
  startTimer,
}: ReportReaderOptions): ReportReader {
  let database: Database<LedgerQuestion, never> | undefined;
  let stopIdle: (() => void) | undefined;
  let waiting = 0;

  function open(): Database<LedgerQuestion, never> {
    return createDatabase<LedgerQuestion, never>({
      file,
      table: siblingModule(import.meta.url, "ledger-reports"),
      tableSettings: { file } satisfies LedgerReportSettings,
      answerWaitMs,
    });
  }

  async function close(): Promise<void> {
    stopIdle?.();
    const closing = database;
    database = undefined;
    await closing?.close();
  }

  return {
    async ask(question) {
      if (waiting >= maximumWaiting)
        throw new DatabaseError("queue-full", `${waiting} questions wait already`);
      stopIdle?.();
      waiting += 1;
      database ??= open();
      try {
        return await database.read(question);
      } finally {
        waiting -= 1;
        if (waiting === 0 && database !== undefined) stopIdle = startTimer(idleMs, () => void close());
      }
    },
    close,
  };
}
