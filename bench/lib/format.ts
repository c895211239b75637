import { compare } from "./compare.ts";
import type { Results, Series } from "./results.ts";
import { spreadOf, type Spread } from "./statistics.ts";

/** A number with about three digits that count. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** `2.31 (2.20–2.45)`; without brackets where there is one value alone. */
export function formatSpread({ median, low, high }: Spread): string {
  const middle = formatNumber(median);
  return low === high ? middle : `${middle} (${formatNumber(low)}–${formatNumber(high)})`;
}

/** A row for the terminal, a line a column. */
export function formatSeries(series: Series, results: Pick<Results, "series">): string {
  const width = Math.max(...series.columns.map(({ name }) => name.length), 12);
  const lines = series.columns
    .filter(({ values }) => values.length > 0)
    .map((column) => {
      const ratios = compare(series, column, results).map(
        ({ over, ...spread }) => `${formatSpread(spread)} of ${over}`,
      );
      return `  ${column.name.padEnd(width)}  ${formatSpread(spreadOf(column.values)).padEnd(22)} ${ratios.join("   ")}`;
    });
  return [`${series.id}: ${series.title}, ${series.unit}`, ...lines.map((line) => line.trimEnd())].join("\n");
}
