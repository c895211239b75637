import { computed, signal } from "@preact/signals";

import { ask } from "../../api/ask.ts";
import type { KeyObject, RequestObject, Span } from "../../api/types.ts";
import { findNew, isSet, meets, mergeRows, type RowFilter } from "../../domain/requests/rows.ts";
import { access, requestsPath } from "../../state/access.ts";
import { now } from "../../state/clock.ts";
import { route } from "../../state/route.ts";
import { span } from "../../state/status.ts";
import { onOtherToken } from "../../state/token.ts";

/** What came of reading requests. */
export type List =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly message: string }
  | {
      readonly kind: "known";
      readonly rows: readonly RequestObject[];
      /** Those that came while the list was held still. */
      readonly fresh: readonly RequestObject[];
      /** Where it goes on; `null`: nowhere. */
      readonly next: string | null;
      /** How many were looked through for a search. */
      readonly looked: number;
      readonly isReading: boolean;
    };

/** The list of requests, filtered as the address says. */
export const list = signal<List>({ kind: "loading" });
/** Whether the list must not move: somebody scrolls, points at it or is in it. */
export const isHeld = signal(false);
/** Names of keys, by their ids. */
export const keyNames = signal<ReadonlyMap<string, string>>(new Map());

/** The names of keys that were read last. */
let namesRead: Promise<void> = Promise.resolve();

/** Reads the names of keys that we may see. Never rejects: ids are shown where they have no name. */
export function readKeyNames(): Promise<void> {
  namesRead = fetchKeyNames();
  return namesRead;
}

async function fetchKeyNames(): Promise<void> {
  const own = access.value?.key ?? null;
  if (access.value?.admin !== true) {
    keyNames.value = new Map(own === null ? [] : [[own.id, own.name]]);
    return;
  }
  try {
    const { data } = await ask<{ readonly data: readonly KeyObject[] }>("admin/v1/keys");
    keyNames.value = new Map(data.map(({ id, name }) => [id, name]));
  } catch {
    keyNames.value = new Map();
  }
}

/** Filters of the API, by the names that they have there and in the address. */
const apiFilters = ["outcome", "error", "model", "key", "upstream", "from", "to"] as const;
/** All names of filters in the address. */
export const filterNames = [...apiFilters, "q", "repairs"] as const;

const spanMs: Readonly<Record<Span, number>> = {
  "1h": 3_600_000,
  "24h": 86_400_000,
  "7d": 7 * 86_400_000,
  "30d": 30 * 86_400_000,
};

/** The filters in the address, without what else is there. */
export function readFilters(): Readonly<Record<string, string>> {
  const entries = filterNames.flatMap((name) => {
    const value = route.value.query.get(name);
    return value === null || value === "" ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

const pageSize = 100;
/** Who looks for something reads more at once, and so many pages at a time. */
const searchSize = 1000;
const mostPages = 5;
const enough = 50;

interface Page {
  readonly data: readonly RequestObject[];
  readonly next: string | null;
}

function toRowFilter(filters: Readonly<Record<string, string>>): RowFilter {
  const { q, repairs } = filters;
  return { text: q, repairs: repairs === "repaired" || repairs === "traced" ? repairs : undefined };
}

/** Beginning of the time that is shown, while none is chosen; the same for all pages of a list. */
let begin = 0;
/** The newest rows as the API gave them last, whether they are looked for or not. */
let newestRows: readonly RequestObject[] = [];
/** Whether rows are missing between those that are shown and those that wait. */
let isTorn = false;

async function readPage(after: string | null, limit: number): Promise<Page> {
  const filters = readFilters();
  const query = new URLSearchParams({ from: new Date(begin).toISOString(), limit: String(limit) });
  for (const name of apiFilters) if (filters[name] !== undefined) query.set(name, filters[name]);
  if (after !== null) query.set("after", after);
  return ask<Page>(`${requestsPath.value}?${query.toString()}`);
}

/** Reads on from `after`: a page, or where something is looked for as many as it takes, within bounds. */
async function readOn(after: string | null): Promise<Page & { readonly looked: number }> {
  const wanted = toRowFilter(readFilters());
  const isSearch = isSet(wanted);
  const data: RequestObject[] = [];
  let [next, looked]: [string | null, number] = [after, 0];
  for (let count = 0; count < (isSearch ? mostPages : 1) && data.length < enough; count += 1) {
    const page = await readPage(next, isSearch ? searchSize : pageSize);
    if (next === null) newestRows = page.data;
    if (isSearch) looked += page.data.length;
    data.push(...page.data.filter((row) => meets(row, wanted, keyNames.value)));
    next = page.next;
    if (next === null) break;
  }
  return { data, next, looked };
}

/** What the list that is there was read for. */
let readFor = "";

/** Reads the list, unless it is there for the same filters: then it stays where it was. */
export function readListFor(filters: string): void {
  if (readFor === filters && list.value.kind === "known") return;
  readFor = filters;
  list.value = { kind: "loading" };
  void readList();
}

/** Of reads that overlap, the last that began counts. */
let newest = 0;

onOtherToken(() => {
  newest += 1;
  readFor = "";
  list.value = { kind: "loading" };
  keyNames.value = new Map();
});

function fail(error: unknown): void {
  list.value = { kind: "failed", message: error instanceof Error ? error.message : String(error) };
}

/** Reads the list anew. Never rejects. */
export async function readList(): Promise<void> {
  if (access.value?.ledger === false) return;
  const mine = (newest += 1);
  begin = Date.now() - spanMs[span.value];
  try {
    // Who searches means the names of keys, too.
    await namesRead;
    const { data, next, looked } = await readOn(null);
    if (mine !== newest) return;
    isTorn = false;
    list.value = { kind: "known", rows: data, fresh: [], next, looked, isReading: false };
  } catch (error) {
    if (mine === newest) fail(error);
  }
}

/** Reads what comes behind the last row. Never rejects. */
export async function readOlder(): Promise<void> {
  const known = list.value;
  if (known.kind !== "known" || known.next === null || known.isReading) return;
  const mine = newest;
  list.value = { ...known, isReading: true };
  try {
    const { data, next, looked } = await readOn(known.next);
    const before = list.value;
    if (mine !== newest || before.kind !== "known") return;
    const rows = [...before.rows, ...findNew(before.rows, data)];
    list.value = { ...before, rows, next, looked: before.looked + looked, isReading: false };
  } catch (error) {
    if (mine === newest) fail(error);
  }
}

/** Reads what came meanwhile; it waits in `fresh` while the list is held. Never rejects. */
export async function readFresh(): Promise<void> {
  const known = list.value;
  if (known.kind === "failed") return readList();
  if (known.kind !== "known" || readFilters()["to"] !== undefined) return undefined;
  const mine = newest;
  try {
    const { data } = await readPage(null, pageSize);
    const before = list.value;
    if (mine !== newest || before.kind !== "known") return undefined;
    // Where nothing of it is known, some are missing between.
    if (data.length === pageSize && findNew(newestRows, data).length === pageSize) isTorn = true;
    newestRows = data;
    if (isTorn && !isHeld.value) return await readList();
    const wanted = toRowFilter(readFilters());
    const all = [...before.fresh, ...before.rows];
    const found = findNew(all, data).filter((row) => meets(row, wanted, keyNames.value));
    if (found.length === 0) return undefined;
    if (isHeld.value) list.value = { ...before, fresh: mergeRows(before.fresh, found) };
    else list.value = { ...before, rows: mergeRows(before.rows, found) };
  } catch {
    // What is shown stays; the next look says more.
  }
  return undefined;
}

/** Puts in what has waited. */
export function release(): void {
  const known = list.value;
  if (isTorn) void readList();
  else if (known.kind === "known" && known.fresh.length > 0)
    list.value = { ...known, rows: mergeRows(known.rows, known.fresh), fresh: [] };
}

/** All rows that the filters mean, at most so many pages, for a file. Rejects with `AskError`. */
export async function readAll(): Promise<readonly RequestObject[]> {
  const wanted = toRowFilter(readFilters());
  const rows: RequestObject[] = [];
  let next: string | null = null;
  for (let count = 0; count < 20; count += 1) {
    const page: Page = await readPage(next, searchSize);
    rows.push(...page.data.filter((row) => meets(row, wanted, keyNames.value)));
    next = page.next;
    if (next === null) break;
  }
  return rows;
}

/** The time that is shown: what was chosen, else the span up to now. */
export const shownTime = computed(() => {
  const { from, to } = readFilters();
  const end = to === undefined ? now.value : Date.parse(to);
  return { from: from === undefined ? end - spanMs[span.value] : Date.parse(from), to: end };
});
