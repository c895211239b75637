import type { DatabaseSync } from "node:sqlite";

import { keptMs } from "../../../ledger/retention.ts";
import { dayMs } from "../../../ledger/time-names.ts";
import { type Period, periods } from "../../../ledger/views.ts";
import { cellKeys } from "./cell-columns.ts";
import type { NameNumbers } from "./name-numbers.ts";

/** How much a ledger may hold. */
export interface LedgerBounds {
  /** How long rows are kept. */
  readonly days: number;
  /** Of the file, without what is free in it. */
  readonly limitBytes: number;
}

/** So many rows go at once: they take less than 10 ms, and writes come between. */
const stepRows = 500;
/** So much stays free in the file for what comes; the rest is given back, so many pages at once. */
const freeBytes = 8_388_608;
const stepPages = 200;

/** Gives up what is too old or too much, a little at a time. */
export interface LedgerPruning {
  /** Whether there is something to give up at this time, ms since the epoch. */
  isDue(now: number): boolean;
  /** Takes one step. Runs inside a transaction. */
  step(now: number): void;
}

/** Creates the pruning of one ledger. */
export function createLedgerPruning(
  database: DatabaseSync,
  bounds: LedgerBounds,
  names: NameNumbers,
): LedgerPruning {
  const keys = cellKeys.map((name) => `"${name}"`).join(", ");
  const cells = (period: Period) => ({
    oldest: database.prepare(`SELECT min(slot) AS oldest FROM cells WHERE period = ${period.number}`),
    remove: database.prepare(`
      DELETE FROM cells WHERE (${keys}) IN
      (SELECT ${keys} FROM cells WHERE period = ${period.number} AND slot < ? ORDER BY slot LIMIT ${stepRows})`),
    firstKept: (now: number) => Math.floor((now - keptMs(period, bounds.days)) / period.ms),
  });
  const requests = {
    oldest: database.prepare("SELECT min(at) AS oldest FROM requests"),
    remove: database.prepare(`
      DELETE FROM requests WHERE sequence IN (SELECT sequence FROM requests WHERE at < ? ORDER BY at LIMIT ${stepRows})`),
    firstKept: (now: number) => now - bounds.days * dayMs,
  };
  const days = cells(periods.day);
  const cellTables = [cells(periods.recent), cells(periods.half), cells(periods.hour), days];
  const tables = [requests, ...cellTables];
  const pragma = (name: string) => {
    const statement = database.prepare(`PRAGMA ${name}`);
    return () => Number(statement.get()?.[name]);
  };
  const pageBytes = pragma("page_size")();
  const pages = pragma("page_count");
  const freePages = pragma("freelist_count");

  const oldestOf = (table: (typeof tables)[number]) => {
    const value = table.oldest.get()?.["oldest"];
    return typeof value === "number" ? value : undefined;
  };
  const isTooOld = (table: (typeof tables)[number], now: number) =>
    (oldestOf(table) ?? Infinity) < table.firstKept(now);
  const isTooMuch = () => (pages() - freePages()) * pageBytes > bounds.limitBytes;
  const isTooFree = () => freePages() * pageBytes > freeBytes;

  const isDue = (now: number) =>
    tables.some((table) => isTooOld(table, now)) ||
    isTooFree() ||
    (isTooMuch() && tables.some((table) => oldestOf(table) !== undefined));

  /** Of what is too much rows go first, but for those of the last day: names that clients make up shall not fill the file with cells alone. */
  function removeSome(now: number): void {
    const day = now - dayMs;
    if ((oldestOf(requests) ?? Infinity) < day) requests.remove.run(day);
    else
      [...cellTables, requests]
        .find((table) => oldestOf(table) !== undefined)
        ?.remove.run(Number.MAX_SAFE_INTEGER);
  }

  /** Rows and cells that had them are gone. */
  function pruneNames(now: number): void {
    const today = Math.floor(now / dayMs);
    const oldestRow = oldestOf(requests);
    names.prune(oldestRow === undefined ? today : Math.floor(oldestRow / dayMs), oldestOf(days) ?? today);
  }

  return {
    isDue,
    step(now) {
      const tooOld = tables.filter((table) => isTooOld(table, now));
      for (const table of tooOld) table.remove.run(table.firstKept(now));
      if (tooOld.length === 0 && isTooMuch()) removeSome(now);
      if (isTooFree()) database.exec(`PRAGMA incremental_vacuum(${stepPages})`);
      // Looks at all of them: once, at the end.
      if (!isDue(now)) pruneNames(now);
    },
  };
}
