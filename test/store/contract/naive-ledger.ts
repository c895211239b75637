import type { LedgerFilter, LedgerGroup, LedgerSum, LedgerSumQuery } from "../../../src/ledger/ledger.ts";
import type { LedgerRow } from "../../../src/ledger/ledger-row.ts";

/** The rows that a filter means, the newest first, of equal ones the last noted first: by looking at each. */
export function listNaively(rows: readonly LedgerRow[], filter: LedgerFilter): readonly LedgerRow[] {
  const { from = -Infinity, to = Infinity, key, ...others } = filter;
  return rows
    .filter((row) => row.at >= from && row.at < to)
    .filter((row) => key === undefined || (row.key ?? null) === key)
    .filter((row) =>
      Object.entries(others).every(
        ([name, value]) => value === undefined || Reflect.get(row, name) === value,
      ),
    )
    .toReversed()
    .toSorted((one, other) => other.at - one.at);
}

function groupOf(row: LedgerRow, group: LedgerGroup): string | null {
  if (group === "day") return new Date(row.at).toISOString().slice(0, 10);
  if (group === "hour") return new Date(row.at).toISOString().slice(0, 13);
  return row[group] ?? null;
}

/** Groups ascending in the order in which they were asked for, rows without one last. */
function compare(one: LedgerSum, other: LedgerSum, by: readonly LedgerGroup[]): number {
  for (const group of by) {
    const [left, right] = [one.group[group] ?? null, other.group[group] ?? null];
    if (left === right) continue;
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** The sums that a query means, by adding up row after row. */
export function sumNaively(
  rows: readonly LedgerRow[],
  { by, ...filter }: LedgerSumQuery,
): readonly LedgerSum[] {
  const groups = new Map<string, LedgerRow[]>();
  for (const row of listNaively(rows, filter)) {
    const name = JSON.stringify(by.map((group) => groupOf(row, group)));
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const sums = [...groups].map(([name, members]): LedgerSum => {
    const values: (string | null)[] = JSON.parse(name);
    const count = (outcome: string) => members.filter((row) => row.outcome === outcome).length;
    const add = (pick: (row: LedgerRow) => number | undefined) =>
      members.reduce((total, row) => total + (pick(row) ?? 0), 0);
    return {
      group: Object.fromEntries(by.map((group, index) => [group, values[index]])),
      requests: members.length,
      answered: count("answered"),
      failed: count("failed"),
      refused: count("refused"),
      left: count("left"),
      inputTokens: add((row) => row.inputTokens),
      outputTokens: add((row) => row.outputTokens),
      reasoningTokens: add((row) => row.reasoningTokens),
      nanoUsd: add((row) => row.nanoUsd),
      ms: add((row) => row.ms),
      firstTokenMs: add((row) => row.firstTokenMs),
      firstTokens: members.filter((row) => row.firstTokenMs !== undefined).length,
    };
  });
  return sums.toSorted((one, other) => compare(one, other, by));
}
