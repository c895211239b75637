import type { Cell } from "../../ledger/roll-up.ts";
import { countBuckets, encodeTimes } from "../../ledger/time-buckets.ts";

function encodeBuckets(buckets: readonly number[]): string | undefined {
  if (buckets.length === 0) return undefined;
  return `\\x${Buffer.from(encodeTimes(countBuckets(buckets))).toString("hex")}`;
}

/** A cell as the function `note` takes it: what is 0 is left out. */
export function encodeCell({ period, slot, view, names, figures, ...cell }: Cell): object {
  const isTold = ([, figure]: readonly [string, number]) => figure !== 0;
  return {
    period: period.number,
    slot,
    view: view.number,
    ...names,
    ...Object.fromEntries(Object.entries(figures).filter(isTold)),
    ...(cell.recovered === 0 ? {} : { recovered: cell.recovered }),
    ...(view.hasTimes
      ? {
          lastAt: cell.lastAt,
          firstTokenTimes: encodeBuckets(cell.firstTokenBuckets),
          totalTimes: encodeBuckets(cell.totalBuckets),
        }
      : {}),
  };
}
