import { rollCounter } from "../../access/limit-rules.ts";
import type { Limits, Reservation } from "../../access/limits.ts";
import {
  countsNothing,
  createLimitCounters,
  type LimitCounter,
  type LimitCounters,
} from "../memory/limit-counters.ts";
import { StoreError } from "../response-store.ts";
import type { StoreWatch } from "../store-watch.ts";
import type { Database } from "./create-database.ts";
import { createLimitJournal, type LimitJournalOptions } from "./limit-journal.ts";
import type { LimitRow } from "./limit-rows.ts";
import type { LocalCommand, LocalQuery } from "./local-table.ts";
import { isMoney } from "./money-ceilings.ts";
import { packLimitRows } from "./pack-limit-rows.ts";
import { DatabaseError } from "./protocol.ts";

/** What limits with a journal are made from. */
export interface LocalLimitsOptions extends Pick<LimitJournalOptions, "now" | "startTimer" | "onFailure"> {
  readonly database: Database<LocalQuery, LocalCommand>;
  readonly watch: StoreWatch;
  readonly isRevoked: (key: string) => boolean;
}

/** Limits with a journal. */
export interface LocalLimits extends Limits {
  /** Becomes the process that counts. Rejects with a `StoreError`, of the problem `locked` while another one is that. */
  begin(): Promise<void>;
  /** Keeps all that was settled. Nothing may be asked any more. */
  close(): Promise<void>;
}

/**
 * Limits that are decided in memory and written behind: after a crash, what was settled in the last batch is not counted, but
 * for money all that may have been spent is. They are read from the file, and this process becomes the one that counts, at \`begin\`, or else when they are
 * asked for; that rejects with a `StoreError` while another process counts.
 */
export function createLocalLimits(options: LocalLimitsOptions): LocalLimits {
  const { database, watch, now, onFailure } = options;
  const journal = createLimitJournal({
    ...options,
    write: ({ put, forget }) => database.write({ limits: { put: packLimitRows(put), forget } }, 0),
  });
  const counters = createLimitCounters({ ...options, changed: (counter) => journal.note(counter) });
  let isLoaded = false;
  let isClosed = false;
  let loading: Promise<void> | undefined;

  async function load({ tells }: { readonly tells: boolean }): Promise<void> {
    try {
      // Each a LimitRow.
      const rows = (await database.read({ limits: { load: true } })) as readonly LimitRow[];
      for (const row of rows) restore(counters, row);
      isLoaded = true;
    } catch (error) {
      const known =
        error instanceof DatabaseError
          ? error
          : new DatabaseError("unavailable", "what is kept is no counter");
      if (tells) watch.failed("get", known);
      throw new StoreError(known.problem, error);
    } finally {
      loading = undefined;
    }
  }

  function restore(into: LimitCounters, row: LimitRow): void {
    const { win, used, prev, ceiling = 0, ...limit } = row;
    const counter: LimitCounter = {
      limit: { ...limit, cap: 0 },
      rollsAt: -Infinity,
      open: 0,
      win,
      used: Math.max(used, ceiling),
      prev,
      held: 0,
    };
    rollCounter(counter.limit, counter, now());
    if (isMoney(counter.limit) && counter.win === win) journal.restore(counter, counter.used);
    // The file forgets what counts nothing any more.
    if (countsNothing(counter)) journal.note(counter);
    else into.restore(counter);
  }

  /** Waits for what a crash would not count of the money that was just reserved. */
  async function cover({ id, takes }: Reservation): Promise<void> {
    for (const { limit } of takes) {
      const wait = isMoney(limit) ? journal.cover(counters.find(limit, now())) : undefined;
      if (wait === undefined) continue;
      try {
        await wait;
      } catch (error) {
        counters.settle(id, { tokens: 0, nanoUsd: 0 }, now());
        throw error;
      }
    }
  }

  async function ensureLoaded(): Promise<void> {
    if (!isLoaded) await (loading ??= load({ tells: true }));
  }

  return {
    async begin() {
      await (loading ??= load({ tells: false }));
    },
    async reserve(reservation) {
      // Who wants nothing of what is counted may also ask where another process counts.
      if (reservation.takes.length > 0) await ensureLoaded();
      if (isClosed) throw new StoreError("unavailable", "closed");
      if (onFailure === "refuse" && journal.problem !== undefined)
        throw new StoreError(journal.problem, undefined);
      const refusal = counters.reserve(reservation, now());
      if (refusal === undefined && reservation.takes.some(({ limit }) => isMoney(limit)))
        await cover(reservation);
      return refusal;
    },
    settle: (id, spent) => counters.settle(id, spent, now()),
    async look(limits) {
      await ensureLoaded();
      return limits.map((limit) => counters.look(limit, now()));
    },
    async forget(ids) {
      // What is not loaded here another process counts, or nobody yet: then it is forgotten the next time.
      if (isLoaded) for (const id of ids) counters.forget(id);
    },
    async flush() {
      if (isLoaded) await journal.flush();
    },
    async close() {
      isClosed = true;
      await journal.close();
    },
  };
}
