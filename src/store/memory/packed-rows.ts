import { setImmediate } from "node:timers/promises";

import type { LedgerRow } from "../../ledger/ledger-row.ts";
import type { PlacedRow } from "../../ledger/page-place.ts";

/** The newest rows. */
export interface PackedRows {
  add(row: LedgerRow): void;
  /** All that were there when it was called, in the order in which they came, each with its number: it is the so-manieth that was noted. Others have their turns meanwhile. */
  read(): AsyncGenerator<readonly PlacedRow[], void, undefined>;
  clear(): void;
}

/** So many rows are packed together. */
const packed = 64;
/** So many packs are read in one turn of the event loop: some 2 ms. */
const packsInTurn = 16;

interface Pack {
  /** The number of its first row. */
  readonly first: number;
  /** JSON of its rows. */
  readonly bytes: Buffer;
}

/**
 * Creates an empty memory of the newest `capacity` rows. They are kept as bytes outside of the heap: ten thousand objects of some fields each, which grow
 * old there one after the other, cost each request a tenth of its CPU in garbage collections.
 */
export function createPackedRows(capacity: number): PackedRows {
  let packs: Pack[] = [];
  let open: LedgerRow[] = [];
  let noted = 0;

  function pack(): void {
    packs.push({ first: noted - open.length, bytes: Buffer.from(JSON.stringify(open)) });
    open = [];
    while ((packs[0]?.first ?? 0) + packed <= noted - capacity) packs.shift();
  }

  return {
    add(row) {
      open.push(row);
      noted += 1;
      if (open.length === packed) pack();
    },
    async *read() {
      const oldest = noted - capacity;
      const last = { first: noted - open.length, rows: [...open] };
      const number = (first: number, rows: readonly LedgerRow[]): PlacedRow[] =>
        rows.map((row, at) => ({ row, sequence: first + at })).filter(({ sequence }) => sequence >= oldest);
      for (const [index, { first, bytes }] of packs.slice().entries()) {
        if (index % packsInTurn === packsInTurn - 1) await setImmediate();
        // What was packed here.
        yield number(first, JSON.parse(bytes.toString()) as readonly LedgerRow[]);
      }
      yield number(last.first, last.rows);
    },
    clear() {
      packs = [];
      open = [];
      noted = 0;
    },
  };
}
