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
