import path from "node:path";

import type { Ledger, LedgerPage, LedgerSum } from "../../../ledger/ledger.ts";
import type { LedgerRow } from "../../../ledger/ledger-row.ts";
import type { StartTimer } from "../../../stream/with-idle-timeout.ts";
import { StoreError } from "../../response-store.ts";
import { createDatabase } from "../create-database.ts";
import { DatabaseError } from "../protocol.ts";
import { siblingModule } from "../sibling-module.ts";
import type { LedgerQuestion } from "./ledger-reports.ts";
import type { LedgerCommand, LedgerTableSettings } from "./ledger-table.ts";
import { createLedgerWatch, type LedgerWatchOptions } from "./ledger-watch.ts";
import type { LedgerBounds } from "./prune-ledger.ts";
import { createReportReader } from "./report-reader.ts";

/** Rows wait so long for others, in ms, or until there are so many; no more are written at once. */
const gatherMs = 50;
const enoughRows = 500;
const mostRows = 1000;
/** After a failure nothing is tried for so long, in ms. */
const pauseMs = 1000;
/** So often what grew too old is given up while nothing comes. */
const pruneMs = 3_600_000;
/** Steps of pruning between two writes. */
const stepsBetween = 4;

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
  prune(): Promise<void>;
  /** Writes what waits, once, then ends. Idempotent. */
  close(): Promise<void>;
}

// Made once: there may be many of them, just when there is much to do.
const tooMany = new DatabaseError("queue-full", "too many requests wait to be noted");
const isClosed = new DatabaseError("unavailable", "closed");

const startRealTimer: StartTimer = (milliseconds, expire) => {
  // Nothing here is worth keeping a process for: who closes the ledger waits for it.
  const timer = setTimeout(expire, milliseconds).unref();
  return () => clearTimeout(timer);
};

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
  const { idleMs = 60_000, startTimer = startRealTimer } = options;
  const file = path.join(options.directory, "ledger.sqlite");
  const watch = createLedgerWatch(options);
  const database = createDatabase<never, LedgerCommand>({
    file,
    table: siblingModule(import.meta.url, "ledger-table"),
    tableSettings: { file, days, limitBytes } satisfies LedgerTableSettings,
    lockWaitMs,
    answerWaitMs,
  });
  const reader = createReportReader({ file, idleMs, answerWaitMs, startTimer });

  let queue: LedgerRow[] = [];
  /** Rows that were taken, and those of them that were written or lost. */
  let taken = 0;
  let settled = 0;
  let pruneIsDue = false;
  let hasFailed = false;
  let working: Promise<void> | undefined;
  let stopGathering: (() => void) | undefined;
  let stopPruneTimer = () => {};
  let closed: Promise<void> | undefined;

  async function command(rows: readonly LedgerRow[], prune: boolean): Promise<void> {
    pruneIsDue = (await database.write({ rows, now: now(), prune }, 0)) === true;
  }

  async function writeBatch(): Promise<void> {
    const batch = queue.length <= mostRows ? queue : queue.slice(0, mostRows);
    queue = queue.length <= mostRows ? [] : queue.slice(mostRows);
    try {
      await command(batch, false);
      hasFailed = false;
      watch.written();
    } catch (error) {
      hasFailed = true;
      watch.drop(batch.length, error);
    } finally {
      settled += batch.length;
    }
  }

  async function pruneSome(): Promise<void> {
    try {
      for (let step = 0; step < stepsBetween && pruneIsDue && closed === undefined; step += 1)
        await command([], true);
    } catch (error) {
      // Until something is written, or the next hour.
      pruneIsDue = false;
      watch.failed("what is too old or too much could not be taken out of the ledger", error);
    }
  }

  async function work(): Promise<void> {
    if (queue.length > 0) await writeBatch();
    if (!hasFailed) await pruneSome();
  }

  /** Begins to write what waits, unless that is being done. Resolves when one batch is. */
  function begin(): Promise<void> {
    stopGathering?.();
    stopGathering = undefined;
    working ??= work().finally(() => {
      working = undefined;
      schedule();
    });
    return working;
  }

  /** Sees to it that what waits is written soon. */
  function schedule(): void {
    if (working !== undefined || closed !== undefined) return;
    if (!hasFailed && (queue.length >= enoughRows || pruneIsDue)) void begin();
    else if (queue.length > 0) {
      stopGathering ??= startTimer(hasFailed ? pauseMs : gatherMs, () => void begin());
    }
  }

  function pruneEachHour(): void {
    stopPruneTimer = startTimer(pruneMs, () => {
      pruneIsDue = true;
      schedule();
      pruneEachHour();
    });
  }

  async function close(): Promise<void> {
    stopGathering?.();
    stopPruneTimer();
    await working;
    hasFailed = false;
    // One failure is enough: nobody waits for a lock ten times.
    while (queue.length > 0 && !hasFailed) await work();
    if (queue.length > 0) watch.drop(queue.length, isClosed);
    queue = [];
    await Promise.all([database.close(), reader.close()]);
  }

  async function ask(question: LedgerQuestion): Promise<unknown> {
    try {
      if (closed !== undefined) throw isClosed;
      await opened;
      return await reader.ask(question);
    } catch (error) {
      watch.failed("the ledger could not be read", error);
      const problem = error instanceof DatabaseError ? error.problem : "unavailable";
      throw new StoreError(problem, error, problems[problem]);
    }
  }

  async function open(): Promise<void> {
    try {
      await database.open();
      pruneIsDue = true;
      schedule();
    } catch (error) {
      watch.failed("the ledger could not be opened", error);
    }
  }

  const opened = open();
  pruneEachHour();

  return {
    add(row) {
      if (closed !== undefined || taken - settled >= maximumWaiting) {
        watch.drop(1, closed === undefined ? tooMany : isClosed);
        return;
      }
      queue.push(row);
      taken += 1;
      if (queue.length === 1 || queue.length === enoughRows) schedule();
    },
    get dropped() {
      return watch.dropped;
    },
    // What the reports answer is what the ledger's own code made.
    list: async (query) => (await ask({ kind: "list", query })) as LedgerPage,
    sum: async (query) => (await ask({ kind: "sum", query })) as readonly LedgerSum[],
    async flush() {
      // What comes later is not waited for.
      const last = taken;
      while (settled < last && closed === undefined) await begin();
      await closed;
    },
    async prune() {
      await opened;
      await working;
      do await command([], true);
      while (pruneIsDue);
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}
