import type { ActivityFigures, LedgerActivity, LedgerActivityQuery } from "../../../src/ledger/activity.ts";
import type { LedgerRow } from "../../../src/ledger/ledger-row.ts";
import { listNaively } from "./naive-ledger.ts";

/** The smallest value that so many percent do not exceed, by trying each, as its bucket tells it: from one eighth of an octave to the next, in the middle. */
function percentile(values: readonly number[], percent: number): number {
  const fits = (value: number) =>
    values.filter((one) => one <= value).length * 100 >= percent * values.length;
  const found = Math.min(...values.filter(fits));
  if (found < 1) return 0;
  let eighths = 0;
  while (2 ** ((eighths + 1) / 8) <= found) eighths += 1;
  return Math.round(2 ** ((eighths + 0.5) / 8));
}

function percentiles(values: readonly number[]) {
  return values.length === 0 ? undefined : { p50: percentile(values, 50), p95: percentile(values, 95) };
}

function figuresOf(rows: readonly LedgerRow[]): ActivityFigures {
  const count = (fits: (row: LedgerRow) => boolean) => rows.filter(fits).length;
  const add = (pick: (row: LedgerRow) => number | undefined) =>
    rows.reduce((total, row) => total + (pick(row) ?? 0), 0);
  const answered = rows.filter(({ outcome }) => outcome === "answered");
  return {
    requests: rows.length,
    failed: count(({ outcome }) => outcome === "failed"),
    refused: count(({ outcome }) => outcome === "refused"),
    left: count(({ outcome }) => outcome === "left"),
    recovered: answered.filter(({ attempts }) => attempts.length > 1).length,
    inputTokens: add((row) => row.inputTokens),
    outputTokens: add((row) => row.outputTokens),
    nanoUsd: add((row) => row.nanoUsd),
    firstTokenMs: percentiles(rows.flatMap((row) => row.firstTokenMs ?? [])),
    totalMs: percentiles(answered.map(({ ms }) => ms)),
    lastAt: Math.max(...rows.map(({ at }) => at)),
  };
}

function group<Of>(rows: readonly LedgerRow[], nameOf: (row: LedgerRow) => Of | undefined) {
  const names = new Set(rows.flatMap((row) => nameOf(row) ?? []));
  return [...names].map((of) => ({ of, ...figuresOf(rows.filter((row) => nameOf(row) === of)) }));
}

const byUse = (one: { readonly of: string; readonly requests: number }, other: typeof one) =>
  other.requests - one.requests || (one.of < other.of ? -1 : 1);

/** What happened, by looking at each row again for each part. */
export function activityNaively(
  rows: readonly LedgerRow[],
  { from, to, stepMs, key }: LedgerActivityQuery,
): LedgerActivity {
  const filter = { from, to, ...(key === undefined ? {} : { key }) };
  const found = listNaively(rows, filter);
  const errors = group(found, ({ error }) => error).map(({ of: error, failed, refused }) => ({
    error,
    failed,
    refused,
  }));
  return {
    all: found.length === 0 ? undefined : figuresOf(found),
    steps: group(found, ({ at }) => Math.floor((at - from) / stepMs)).sort((one, other) => one.of - other.of),
    models: group(found, ({ model }) => model).sort(byUse),
    upstreams: group(found, ({ upstream }) => upstream).sort(byUse),
    errors: errors
      .filter(({ failed, refused }) => failed + refused > 0)
      .sort(
        (one, other) =>
          other.failed + other.refused - one.failed - one.refused || (one.error < other.error ? -1 : 1),
      ),
  };
}
