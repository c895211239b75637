import type { Ledger } from "../../ledger/ledger.ts";
import type { LedgerRow } from "../../ledger/ledger-row.ts";
import { matches } from "../../ledger/matches.ts";
import { decodePlace, type PlacedRow, toPage } from "../../ledger/page-place.ts";
import { createGrouping, createSumUp, toFigures } from "../../ledger/sum-up.ts";
import { dayMs } from "../../ledger/time-names.ts";

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
 * The newest rows, in memory, gone when the process ends; sums are of them alone. A row takes the place of the one that was noted
 * `capacity` rows before it, so that noting one costs next to nothing.
 */
export function createMemoryLedger({
  capacity = 10_000,
  days,
  now,
}: MemoryLedgerOptions): Ledger & { close(): void } {
  let ring: LedgerRow[] = [];
  let noted = 0;
  let dropped = 0;
  let closed = false;

  /** Those that are not too old, in any order. The number of a row: it is the so-manieth that was noted. */
  function* present(): Generator<PlacedRow> {
    const oldest = now() - days * dayMs;
    for (let sequence = Math.max(0, noted - capacity); sequence < noted; sequence += 1) {
      const row = ring[sequence % capacity];
      if (row !== undefined && row.at >= oldest) yield { row, sequence };
    }
  }

  return {
    add(row) {
      if (closed) {
        dropped += 1;
        return;
      }
      ring[noted % capacity] = row;
      noted += 1;
    },
    get dropped() {
      return dropped;
    },
    async list({ limit, after, ...filter }) {
      const place = after === undefined ? undefined : decodePlace(after);
      const found = [...present()]
        .filter(({ row, sequence }) => {
          const comesAfter =
            place === undefined || row.at < place.at || (row.at === place.at && sequence < place.sequence);
          return comesAfter && matches(row, filter);
        })
        .toSorted((one, other) => other.row.at - one.row.at || other.sequence - one.sequence);
      return toPage(found, limit);
    },
    async sum({ by, ...filter }) {
      const sumUp = createSumUp(by);
      const groupOf = createGrouping(by);
      for (const { row } of present()) if (matches(row, filter)) sumUp.add(groupOf(row), toFigures(row));
      return sumUp.sums();
    },
    async flush() {},
    close() {
      closed = true;
      ring = [];
      noted = 0;
    },
  };
}
