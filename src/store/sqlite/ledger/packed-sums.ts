import type { LedgerGroup, LedgerSum } from "../../../ledger/ledger.ts";
import { figureNames, readFigures } from "../../../ledger/sum-up.ts";

/** Sums as they go from thread to thread: of tens of thousands, objects would hold up the main thread for longer than it takes to sum them up. */
export interface PackedSums {
  /** The values of each group, in the order in which they were asked for. */
  readonly groups: readonly (readonly [LedgerGroup, readonly (string | null)[]])[];
  /** The figures of one sum after the other. */
  readonly figures: Float64Array;
}

/** Packs sums by these groups. */
export function packSums(by: readonly LedgerGroup[], sums: readonly LedgerSum[]): PackedSums {
  const figures = new Float64Array(sums.length * figureNames.length);
  for (const [index, sum] of sums.entries())
    for (const [place, name] of figureNames.entries())
      figures[index * figureNames.length + place] = sum[name];
  return { groups: by.map((name) => [name, sums.map(({ group }) => group[name] ?? null)]), figures };
}

/** The sums that were packed. */
export function unpackSums({ groups, figures }: PackedSums): readonly LedgerSum[] {
  return Array.from({ length: figures.length / figureNames.length }, (_, index) => {
    const group: Partial<Record<LedgerGroup, string | null>> = {};
    for (const [name, values] of groups) group[name] = values[index] ?? null;
    const first = index * figureNames.length;
    const found: Record<string, number> = {};
    for (const [place, name] of figureNames.entries()) found[name] = figures[first + place] ?? 0;
    return { group, ...readFigures(found) };
  });
}
