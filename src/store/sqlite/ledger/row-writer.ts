import type { LedgerRow } from "../../../ledger/ledger-row.ts";
import type { StartTimer } from "../../../stream/with-idle-timeout.ts";
import type { Database } from "../create-database.ts";
import type { LedgerCommand } from "./ledger-table.ts";
import { ledgerClosed, type LedgerWatch, tooManyRows } from "../../ledger-watch.ts";

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

/** What a writer needs. */
export interface RowWriterOptions {
  readonly database: Database<never, LedgerCommand>;
  readonly watch: LedgerWatch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** How many rows may wait. */
  readonly maximumWaiting: number;
}

/** The main thread's side of writing: gathers rows, and drops those that there is no room for. */
export interface RowWriter {
  add(row: LedgerRow): void;
  /** The file can be used: begins to give up what is too old or too much in it. */
  begin(): void;
  flush(): Promise<void>;
  prune(): Promise<void>;
  /** Writes what waits, once. */
  close(): Promise<void>;
}

/** Creates a writer: one batch is written at a time, as one message to the thread and one transaction there. */
export function createRowWriter({
  database,
  watch,
  now,
  startTimer,
  maximumWaiting,
}: RowWriterOptions): RowWriter {
  let queue: LedgerRow[] = [];
  let working: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let stopGathering: (() => void) | undefined;
  let stopPruneTimer: (() => void) | undefined;
  const state = {
    /** Rows that were taken, and those of them that were written or lost. */
    taken: 0,
    settled: 0,
    pruneIsDue: false,
    hasFailed: false,
    isClosed: false,
  };

  async function command(rows: readonly LedgerRow[], prune: boolean): Promise<void> {
    state.pruneIsDue = (await database.write({ rows, now: now(), prune }, 0)) === true;
  }

  async function writeBatch(): Promise<void> {
    const batch = queue.slice(0, mostRows);
    queue = queue.slice(mostRows);
    try {
      await command(batch, false);
      state.hasFailed = false;
      watch.written();
    } catch (error) {
      state.hasFailed = true;
      watch.drop(batch.length, error);
    } finally {
      state.settled += batch.length;
    }
  }

  async function pruneSome(): Promise<void> {
    try {
      for (let step = 0; step < stepsBetween && state.pruneIsDue && !state.isClosed; step += 1)
        await command([], true);
    } catch (error) {
      // Until something is written, or the next hour.
      state.pruneIsDue = false;
      watch.failed("what is too old or too much could not be taken out of the ledger", error);
    }
  }

  async function work(): Promise<void> {
    if (queue.length > 0) await writeBatch();
    if (!state.hasFailed) await pruneSome();
  }

  /** Begins to write what waits, unless that is being done. Resolves when one batch is. */
  function startWork(): Promise<void> {
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
    if (working !== undefined || state.isClosed) return;
    if (!state.hasFailed && (queue.length >= enoughRows || state.pruneIsDue)) void startWork();
    else if (queue.length > 0) {
      stopGathering ??= startTimer(state.hasFailed ? pauseMs : gatherMs, () => void startWork());
    }
  }

  function pruneNow(): void {
    state.pruneIsDue = true;
    schedule();
  }

  function pruneEachHour(): void {
    stopPruneTimer = startTimer(pruneMs, () => {
      pruneNow();
      pruneEachHour();
    });
  }

  async function finish(): Promise<void> {
    stopGathering?.();
    stopPruneTimer?.();
    await working;
    state.hasFailed = false;
    // One failure is enough: nobody waits for a lock ten times.
    while (queue.length > 0 && !state.hasFailed) await work();
    if (queue.length > 0) watch.drop(queue.length, ledgerClosed);
    queue = [];
  }

  pruneEachHour();

  return {
    add(row) {
      if (state.isClosed || state.taken - state.settled >= maximumWaiting) {
        watch.drop(1, state.isClosed ? ledgerClosed : tooManyRows);
        return;
      }
      queue.push(row);
      state.taken += 1;
      if (queue.length === 1 || queue.length === enoughRows) schedule();
    },
    begin: pruneNow,
    async flush() {
      // What comes later is not waited for.
      const last = state.taken;
      while (state.settled < last && !state.isClosed) await startWork();
      await closing;
    },
    async prune() {
      await working;
      do await command([], true);
      while (state.pruneIsDue);
    },
    close() {
      state.isClosed = true;
      closing ??= finish();
      return closing;
    },
  };
}
