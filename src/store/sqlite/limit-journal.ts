import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { countsNothing, type LimitCounter } from "../memory/limit-counters.ts";
import { StoreError, type StoreProblem } from "../response-store.ts";
import type { StoreWatch } from "../store-watch.ts";
import type { LimitRow } from "./limit-rows.ts";
import { createMoneyCeilings, isMoney, needOf } from "./money-ceilings.ts";
import { DatabaseError } from "./protocol.ts";

/** What is written together is what changed in so many ms, or sooner so many counters. */
const gatherMs = 20;
const gatherRows = 256;
/** So long after a failure it is tried again, in ms. */
const retryMs = 1000;

/** What is written together: what the file shall forget, and then what it shall hold. */
export interface CounterBatch {
  readonly put: readonly LimitRow[];
  readonly forget: readonly string[];
}

/** What a journal needs. */
export interface LimitJournalOptions {
  /** Writes all or nothing. Rejects with a `DatabaseError`. */
  readonly write: (batch: CounterBatch) => Promise<unknown>;
  readonly watch: StoreWatch;
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** What becomes of money whose ceiling can't be written: it is spent all the same, or the request fails. */
  readonly onFailure: "serve" | "refuse";
}

/**
 * Writes counters behind those who count, in batches: one at a time, each counter once in it, however often it
 * changed. What waits is therefore never more than there are counters, also when the disk fails for long.
 */
export interface LimitJournal {
  /** Why the last batch was not written. */
  readonly problem: StoreProblem | undefined;
  note(counter: LimitCounter): void;
  /**
   * Something was reserved of a counter of money: resolves when a crash would count it as spent. `undefined`: it would
   * already. Rejects with a `StoreError` when that can't be written, if requests shall fail then.
   */
  cover(counter: LimitCounter): Promise<void> | undefined;
  /** The file holds this ceiling for the counter. */
  restore(counter: LimitCounter, ceiling: number): void;
  /** Resolves when all that was noted is written. Rejects with a `StoreError`. */
  flush(): Promise<void>;
  /** Writes what waits, and what money was truly spent in place of the ceilings. */
  close(): Promise<void>;
}

/** Creates the journal of the counters of one process. */
export function createLimitJournal(options: LimitJournalOptions): LimitJournal {
  const { write, watch, now, startTimer, onFailure } = options;
  const ceilings = createMoneyCeilings();
  const changed = new Set<LimitCounter>();
  let stopTimer: (() => void) | undefined;
  let writing: Promise<void> | undefined;
  let problem: StoreProblem | undefined;
  let closed = false;

  function schedule(): void {
    if (closed || writing !== undefined || changed.size === 0) return;
    if (changed.size >= gatherRows && problem === undefined) void start();
    else stopTimer ??= startTimer(problem === undefined ? gatherMs : retryMs, () => void start());
  }

  function start(): Promise<void> {
    stopTimer?.();
    stopTimer = undefined;
    writing ??= writeChanged().finally(() => {
      writing = undefined;
      schedule();
    });
    return writing;
  }

  async function writeChanged(isLast = false): Promise<void> {
    const batch = [...changed];
    changed.clear();
    const put: LimitRow[] = [];
    const forget: string[] = [];
    for (const counter of batch) {
      if (countsNothing(counter)) {
        ceilings.forget(counter);
        forget.push(counter.limit.id);
      } else put.push(toRow(counter, isLast));
    }
    if (batch.length === 0) return;
    try {
      await write({ put, forget });
      problem = undefined;
      watch.stored();
    } catch (error) {
      for (const counter of batch) changed.add(counter);
      const known = error instanceof DatabaseError ? error : new DatabaseError("unavailable", String(error));
      ({ problem } = known);
      watch.failed("put", known);
      return;
    }
    const rows = new Map(put.map((row) => [row.id, row]));
    for (const counter of batch) {
      const row = rows.get(counter.limit.id);
      if (row?.ceiling !== undefined) ceilings.written(counter, row.win, row.ceiling);
    }
  }

  function toRow(counter: LimitCounter, isLast: boolean): LimitRow {
    const { limit, win, used, prev } = counter;
    const { id, kind, unit, period } = limit;
    const row = { id, kind, unit, period, win, used, prev, ceiling: undefined };
    if (!isMoney(limit)) return row;
    // Of what is held at the end nobody will ever know what it cost.
    return isLast ? { ...row, used: needOf(counter) } : { ...row, ceiling: ceilings.begin(counter) };
  }

  async function waitFor(counter: LimitCounter): Promise<void> {
    let { win } = counter;
    let need = needOf(counter);
    do {
      if (closed) throw new StoreError("unavailable", "closed");
      ceilings.note(counter, now());
      changed.add(counter);
      await (writing ?? start());
      if (problem !== undefined) {
        if (onFailure === "serve") return;
        throw new StoreError(problem, undefined);
      }
      // Its period ended meanwhile: what is held is held in the next.
      if (counter.win !== win) {
        ({ win } = counter);
        need = needOf(counter);
      }
    } while (!ceilings.covers(counter, need));
  }

  return {
    get problem() {
      return problem;
    },
    note(counter) {
      const { limit } = counter;
      if (limit.kind === "concurrency") return;
      if (isMoney(limit) && !ceilings.note(counter, now()) && !countsNothing(counter)) return;
      changed.add(counter);
      schedule();
    },
    cover(counter) {
      if (ceilings.covers(counter, needOf(counter))) return undefined;
      return problem !== undefined && onFailure === "serve" ? undefined : waitFor(counter);
    },
    restore: (counter, ceiling) => ceilings.restore(counter, ceiling),
    async flush() {
      await writing;
      await start();
      if (problem !== undefined) throw new StoreError(problem, undefined);
    },
    async close() {
      closed = true;
      stopTimer?.();
      await writing;
      for (const counter of ceilings.counters) changed.add(counter);
      await writeChanged(true);
    },
  };
}
