/** What a series of rounds comes to. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The value below which `share` (0 to 1) of `values` lie, between two of them in proportion. Throws for an empty list. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new RangeError("a quantile of nothing");
  return below + (above - below) * (place - Math.floor(place));
}

/** Median, lowest and highest of `values`. Throws for an empty list. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), low: quantile(values, 0), high: quantile(values, 1) };
}

/**
 * `values` over `bases`, round by round: what else the machine did in a round met both. Throws if a round lacks one of them.
 */
export function ratiosOf(values: readonly number[], bases: readonly number[]): readonly number[] {
  if (values.length !== bases.length) throw new RangeError(`${values.length} rounds over ${bases.length}`);
  return values.map((value, round) => value / (bases[round] ?? Number.NaN));
}
