import type { LedgerGroup, LedgerSum } from "./ledger.ts";
import type { LedgerRow } from "./ledger-row.ts";
import { nameDay, nameHour } from "./time-names.ts";

/** What is added up. */
export type SumFigures = Omit<LedgerSum, "group">;

/** Adds up, group by group. */
export interface SumUp {
  /** `group`: a value for each group that was asked for, in that order. */
  add(group: readonly (string | null)[], figures: SumFigures): void;
  /** Ascending by their groups, in UTF-16 order; what has none comes last. */
  sums(): readonly LedgerSum[];
}

/** One row as a sum of one. */
export function toFigures(row: LedgerRow): SumFigures {
  return {
    requests: 1,
    answered: row.outcome === "answered" ? 1 : 0,
    failed: row.outcome === "failed" ? 1 : 0,
    refused: row.outcome === "refused" ? 1 : 0,
    left: row.outcome === "left" ? 1 : 0,
    inputTokens: row.inputTokens ?? 0,
    outputTokens: row.outputTokens ?? 0,
    reasoningTokens: row.reasoningTokens ?? 0,
    nanoUsd: row.nanoUsd ?? 0,
    ms: row.ms,
    firstTokenMs: row.firstTokenMs ?? 0,
    firstTokens: row.firstTokenMs === undefined ? 0 : 1,
  };
}

/** The value of a row in each group. */
export function toGroup(row: LedgerRow, by: readonly LedgerGroup[]): readonly (string | null)[] {
  return by.map((group) => {
    if (group === "day") return nameDay(row.at);
    if (group === "hour") return nameHour(row.at);
    return row[group] ?? null;
  });
}

function addFigures(one: SumFigures, other: SumFigures): SumFigures {
  return {
    requests: one.requests + other.requests,
    answered: one.answered + other.answered,
    failed: one.failed + other.failed,
    refused: one.refused + other.refused,
    left: one.left + other.left,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
    nanoUsd: one.nanoUsd + other.nanoUsd,
    ms: one.ms + other.ms,
    firstTokenMs: one.firstTokenMs + other.firstTokenMs,
    firstTokens: one.firstTokens + other.firstTokens,
  };
}

type Member = readonly [group: readonly (string | null)[], figures: SumFigures];

function compare([one]: Member, [other]: Member): number {
  for (const [index, left] of one.entries()) {
    const right = other[index] ?? null;
    if (left === right) continue;
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** Begins sums by these groups. */
export function createSumUp(by: readonly LedgerGroup[]): SumUp {
  const members = new Map<string, Member>();
  return {
    add(group, figures) {
      const name = JSON.stringify(group);
      const known = members.get(name);
      members.set(name, [group, known === undefined ? figures : addFigures(known[1], figures)]);
    },
    sums: () =>
      [...members.values()].toSorted(compare).map(([group, figures]) => ({
        group: Object.fromEntries(by.map((name, index) => [name, group[index] ?? null])),
        ...figures,
      })),
  };
}
