import path from "node:path";

import type { LedgerActivity } from "../../../ledger/activity.ts";
import type { Ledger, LedgerPage } from "../../../ledger/ledger.ts";
import { startUnrefTimer } from "../../../stream/real-timer.ts";
import type { StartTimer } from "../../../stream/with-idle-timeout.ts";
import { StoreError } from "../../response-store.ts";
import { createDatabase } from "../create-database.ts";
import { DatabaseError } from "../protocol.ts";
import { siblingModule } from "../sibling-module.ts";
import type { LedgerQuestion } from "./ledger-reports.ts";
import type { LedgerCommand, LedgerTableSettings } from "./ledger-table.ts";
import { createLedgerWatch, type LedgerWatchOptions } from "../../ledger-watch.ts";
import { type PackedSums, unpackSums } from "./packed-sums.ts";
import type { LedgerBounds } from "./prune-ledger.ts";
import { createReportReader } from "./report-reader.ts";
import { createRowWriter } from "./row-writer.ts";

const problems = {
  "disk-full":
    "The disk that keeps the gateway's ledger (DATA_DIR) is full. Free some room there, then try again.",
  locked: "Another program locks the gateway's ledger (DATA_DIR). Try again when it has ended.",
  "queue-full": "Too many questions to the gateway's ledger wait already. Ask again in a moment.",
  unavailable: "The gateway's ledger can't be read now; its log says why.",
} as const;

/** What a ledger in a file is made from. */
export interface SqliteLedgerOptions extends LedgerWatchOptions, LedgerBounds {
  readonly directory: string;
  readonly startTimer?: StartTimer;
  /** How many rows may wait to be written; default: 10,000. */
  readonly maximumWaiting?: number;
  /** How long a write waits for the lock of another process, in ms. */
  readonly lockWaitMs?: number;
  /** After so many ms without an answer a thread is replaced. */
  readonly answerWaitMs?: number;
  /** The thread of reports ends when nothing was asked for so long, in ms. */
  readonly idleMs?: number;
}

/** A ledger in a file. */
export interface SqliteLedger extends Ledger {
  /** Gives up at once what is too old or too much; otherwise that is done by and by. Rejects with `DatabaseError`. */
  readonly prune: () => Promise<void>;
  /** Writes what waits, once, then ends. Idempotent. */
  close(): Promise<void>;
}

/**
 * Keeps rows in `<directory>/ledger.sqlite`, which is created when missing and outlives the process. Whatever becomes of the file, it never
 * throws and never stops anybody: what can't be written is dropped, counted, and told to the log.
 */
export function createSqliteLedger(options: SqliteLedgerOptions): SqliteLedger {
  const {
    days,
    limitBytes,
    now,
    maximumWaiting = 10_000,
    lockWaitMs = 5000,
    answerWaitMs = 30_000,
  } = options;
  const { idleMs = 60_000, startTimer = startUnrefTimer } = options;
  const file = path.join(options.directory, "ledger.sqlite");
  const watch = createLedgerWatch(options, { path: file, holds: "nothing but the ledger" });
  const database = createDatabase<never, LedgerCommand>({
    file,
    table: siblingModule(import.meta.url, "ledger-table"),
    tableSettings: { file, days, limitBytes } satisfies LedgerTableSettings,
    lockWaitMs,
    answerWaitMs,
  });
  const writer = createRowWriter({ database, watch, now, startTimer, maximumWaiting });
  const reader = createReportReader({ file, idleMs, answerWaitMs, startTimer });
  let closed: Promise<void> | undefined;

  async function open(): Promise<void> {
    try {
      await database.open();
      writer.begin();
    } catch (error) {
      watch.failed("the ledger could not be opened", error);
    }
  }

  async function ask(question: LedgerQuestion): Promise<unknown> {
    try {
      if (closed !== undefined) throw new DatabaseError("unavailable", "closed");
      await opened;
      return await reader.ask(question);
    } catch (error) {
      watch.failed("the ledger could not be read", error);
      const problem = error instanceof DatabaseError ? error.problem : "unavailable";
      throw new StoreError(problem, error, problems[problem]);
    }
  }

  async function close(): Promise<void> {
    await writer.close();
    // Who closes last moves the log into the file, and that is the one who may write.
    await reader.close();
    await database.close();
  }

  const opened = open();

  return {
    add: (row) => writer.add(row),
    get dropped() {
      return watch.dropped;
    },
    // What the reports answer is what the ledger's own code made.
    list: async (query) => (await ask({ kind: "list", query })) as LedgerPage,
    sum: async (query) => unpackSums((await ask({ kind: "sum", query })) as PackedSums),
    activity: async (query) => (await ask({ kind: "activity", query })) as LedgerActivity,
    flush: () => writer.flush(),
    async prune() {
      await opened;
      await writer.prune();
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}
