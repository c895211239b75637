import { createActivitySum } from "../../ledger/activity.ts";
import type { Ledger, LedgerFilter } from "../../ledger/ledger.ts";
import { matches } from "../../ledger/matches.ts";
import { decodePlace, type PlacedRow, toPage } from "../../ledger/page-place.ts";
import { toPart } from "../../ledger/roll-up.ts";
import { createGrouping, createSumUp, toFigures } from "../../ledger/sum-up.ts";
import { countBuckets } from "../../ledger/time-buckets.ts";
import { dayMs } from "../../ledger/time-names.ts";
import { createPackedRows } from "./packed-rows.ts";

/** What a ledger in memory needs. */
export interface MemoryLedgerOptions {
  /** The newest so many are kept; default: 10,000. */
  readonly capacity?: number;
  /** How long rows are found. */
  readonly days: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The newest rows, in memory, gone when the process ends; sums are of them alone. Noting one costs next to nothing, finding it some
 * microseconds.
 */
export function createMemoryLedger({
  capacity = 10_000,
  days,
  now,
}: MemoryLedgerOptions): Ledger & { close(): void } {
  const rows = createPackedRows(capacity);
  let dropped = 0;
  let closed = false;

  /** Those that are not too old and meet the filter, in the order in which they came. */
  async function* find(filter: LedgerFilter): AsyncGenerator<PlacedRow, void, undefined> {
    const oldest = now() - days * dayMs;
    for await (const some of rows.read()) {
      for (const placed of some) if (placed.row.at >= oldest && matches(placed.row, filter)) yield placed;
    }
  }

  return {
    add(row) {
      if (closed) dropped += 1;
      else rows.add(row);
    },
    get dropped() {
      return dropped;
    },
    async list({ limit, after, ...filter }) {
      const place = after === undefined ? undefined : decodePlace(after);
      const found: PlacedRow[] = [];
      for await (const placed of find(filter)) {
        const { at } = placed.row;
        const comesAfter =
          place === undefined || at < place.at || (at === place.at && placed.sequence < place.sequence);
        if (comesAfter) found.push(placed);
      }
      found.sort((one, other) => other.row.at - one.row.at || other.sequence - one.sequence);
      return toPage(found, limit);
    },
    async sum({ by, ...filter }) {
      const sumUp = createSumUp(by);
      const groupOf = createGrouping(by);
      for await (const { row } of find(filter)) sumUp.add(groupOf(row), toFigures(row));
      return sumUp.sums();
    },
    async activity({ from, to, stepMs, key }) {
      const sum = createActivitySum();
      for await (const { row } of find({ from, to, ...(key === undefined ? {} : { key }) })) {
        const { figures, firstTokenBuckets, totalBuckets, ...others } = toPart(row);
        const part = {
          ...figures,
          ...others,
          firstTokenTimes: countBuckets(firstTokenBuckets),
          totalTimes: countBuckets(totalBuckets),
        };
        sum.addStep(Math.floor((row.at - from) / stepMs), part);
        sum.addModel(row.model, part);
        sum.addFate(row.upstream, row.error, part);
      }
      return sum.activity();
    },
    async flush() {},
    close() {
      closed = true;
      rows.clear();
    },
  };
}
