import type { DatabaseSync } from "node:sqlite";

import { dayMs, hourMs } from "../../../ledger/time-names.ts";
import type { NameNumbers } from "./name-numbers.ts";

/** How much a ledger may hold. */
export interface LedgerBounds {
  /** How long rows are kept. */
  readonly days: number;
  /** Of the file, without what is free in it. */
  readonly limitBytes: number;
}

/** Sums by hour are kept for so many days, by day for a year and a month; or as long as rows, where that is longer. */
const hourlyDays = 90;
const dailyDays = 400;

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

/** Creates the pruning of one ledger: rows first, then sums. */
export function createLedgerPruning(
  database: DatabaseSync,
  bounds: LedgerBounds,
  names: NameNumbers,
): LedgerPruning {
  const oldest = (column: string, table: string) =>
    database.prepare(`SELECT min(${column}) AS oldest FROM ${table}`);
  const removeSums = (table: string) =>
    database.prepare(`
      DELETE FROM ${table} WHERE (slot, "key", model) IN
      (SELECT slot, "key", model FROM ${table} WHERE slot < ? ORDER BY slot LIMIT ${stepRows})`);
  const tables = [
    {
      oldest: oldest("at", "requests"),
      remove: database.prepare(`
        DELETE FROM requests WHERE sequence IN (SELECT sequence FROM requests WHERE at < ? ORDER BY at LIMIT ${stepRows})`),
      firstKept: (now: number) => now - bounds.days * dayMs,
    },
    {
      oldest: oldest("slot", "hours"),
      remove: removeSums("hours"),
      firstKept: (now: number) => Math.floor((now - Math.max(bounds.days, hourlyDays) * dayMs) / hourMs),
    },
    {
      oldest: oldest("slot", "days"),
      remove: removeSums("days"),
      firstKept: (now: number) => Math.floor(now / dayMs) - Math.max(bounds.days, dailyDays),
    },
  ];
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

  /** Rows and sums that had them are gone. */
  function pruneNames(now: number): void {
    const today = Math.floor(now / dayMs);
    const [rows, , days] = tables.map(oldestOf);
    names.prune(rows === undefined ? today : Math.floor(rows / dayMs), days ?? today);
  }

  return {
    isDue,
    step(now) {
      const tooOld = tables.filter((table) => isTooOld(table, now));
      for (const table of tooOld) table.remove.run(table.firstKept(now));
      if (tooOld.length === 0 && isTooMuch())
        tables.find((table) => oldestOf(table) !== undefined)?.remove.run(Number.MAX_SAFE_INTEGER);
      if (isTooFree()) database.exec(`PRAGMA incremental_vacuum(${stepPages})`);
      // Looks at all of them: once, at the end.
      if (!isDue(now)) pruneNames(now);
    },
  };
}
