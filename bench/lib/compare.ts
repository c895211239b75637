import type { Column, Results, Series } from "./results.ts";
import { ratiosOf, spreadOf, type Spread } from "./statistics.ts";

/** A figure over another one of the same rounds. */
export interface Comparison extends Spread {
  /** Over what: a column, or another row's figure of the same column. */
  readonly over: string;
}

/**
 * What a column of a row is compared with: the floor, the first gateway (where it is another build or has all switched on), and the
 * row that it stands beside. Empty where ratios say nothing.
 */
export function compare(
  series: Series,
  column: Column,
  { series: all }: Pick<Results, "series">,
): readonly Comparison[] {
  if (!series.compared || column.kind === "floor") return [];
  const floor = series.columns.find(({ kind }) => kind === "floor");
  const gateway = series.columns.find(({ kind }) => kind === "gateway");
  const other = all.find(({ id }) => id === series.beside)?.columns.find(({ name }) => name === column.name);
  const own = column.kind === "gateway" || column.kind === "all on";
  return [
    ...over(column, floor, "floor"),
    ...(own && gateway !== column ? over(column, gateway, gateway?.name ?? "") : []),
    ...over(column, other, series.beside ?? ""),
  ];
}

function over(column: Column, base: Column | undefined, name: string): readonly Comparison[] {
  if (base === undefined || base.values.length !== column.values.length || base.values.length === 0)
    return [];
  return [{ over: name, ...spreadOf(ratiosOf(column.values, base.values)) }];
}
