import type { LedgerGroup, LedgerSum } from "../../../ledger/ledger.ts";
import { createFigures, figureNames, type Member, toSum } from "../../../ledger/sum-up.ts";

/** Sums as they go from thread to thread: of tens of thousands, objects would hold up the main thread for longer than it takes to sum them up. */
export interface PackedSums {
  readonly by: readonly LedgerGroup[];
  /** The values of the groups, of one sum after the other. */
  readonly groups: readonly (string | null)[];
  /** The figures in the same way. */
  readonly figures: Float64Array;
}

/** Packs sums by these groups. */
export function packSums(by: readonly LedgerGroup[], sums: readonly Member[]): PackedSums {
  const figures = new Float64Array(sums.length * figureNames.length);
  let place = 0;
  for (const sum of sums) {
    for (const name of figureNames) {
      figures[place] = sum.figures[name];
      place += 1;
    }
  }
  return { by, groups: sums.flatMap(({ group }) => group), figures };
}

/** The sums that were packed. */
export function unpackSums({ by, groups, figures }: PackedSums): readonly LedgerSum[] {
  let place = 0;
  return Array.from({ length: figures.length / figureNames.length }, (_, index) => {
    const sum = createFigures();
    for (const name of figureNames) {
      sum[name] = figures[place] ?? 0;
      place += 1;
    }
    return toSum(by, { group: groups.slice(index * by.length, (index + 1) * by.length), figures: sum });
  });
}
