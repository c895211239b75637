import type { LedgerPage } from "./ledger.ts";
import type { LedgerRow } from "./ledger-row.ts";

/** Where a page ended: the last row's time, and its place among those of the same time. */
export interface PagePlace {
  /** ms since the epoch. */
  readonly at: number;
  /** The number that the store gave the row; later ones are larger. */
  readonly sequence: number;
}

/** A place as `next` and `after` of a page have it. */
export function encodePlace({ at, sequence }: PagePlace): string {
  return `${at}-${sequence}`;
}

/** The place that a text means; `undefined` when no page ever ended there. */
export function decodePlace(text: string): PagePlace | undefined {
  const [, at, sequence] = /^(\d{1,16})-(\d{1,16})$/.exec(text) ?? [];
  return at === undefined || sequence === undefined
    ? undefined
    : { at: Number(at), sequence: Number(sequence) };
}

/** A row with the number that the store gave it. */
export interface PlacedRow {
  readonly row: LedgerRow;
  readonly sequence: number;
}

/** The first `limit` of what was found, in the order of pages. What was found beyond them says that there is more, so one more is enough. */
export function toPage(found: readonly PlacedRow[], limit: number): LedgerPage {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const rows = page.map(({ row }) => row);
  if (last === undefined || found.length === page.length) return { rows };
  return { rows, next: encodePlace({ at: last.row.at, sequence: last.sequence }) };
}
