/** What came of a proof. */
export interface Proof {
  /** Each promise that was not kept, in words. */
  readonly broken: readonly string[];
  /** What was seen, by name. */
  readonly figures: Readonly<Record<string, number | string>>;
}

/** Gathers what a proof finds. */
export interface Findings {
  readonly broken: string[];
  /** Notes a promise that was not kept, unless `holds`. */
  must(this: void, holds: boolean, promise: string): void;
  /** Notes that two figures differ. */
  mustBe(this: void, seen: unknown, wanted: unknown, what: string): void;
}

/** Creates an empty gathering. */
export function createFindings(): Findings {
  const broken: string[] = [];
  function must(holds: boolean, promise: string): void {
    if (!holds) broken.push(promise);
  }
  return {
    broken,
    must,
    mustBe: (seen, wanted, what) =>
      must(seen === wanted, `${what}: ${String(seen)} in place of ${String(wanted)}`),
  };
}
