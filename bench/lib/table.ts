import { compare } from "./compare.ts";
import { formatNumber, formatSpread } from "./format.ts";
import type { Column, Results, Series } from "./results.ts";
import { spreadOf } from "./statistics.ts";

/** A Markdown table of a run: a row a figure, a column for each thing that was measured. */
export function writeTable(results: Results): string {
  const names = [...new Set(results.series.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  const rows = results.series.map((series) => {
    const cells = names.map((name) => {
      const column = series.columns.find((one) => one.name === name);
      return column === undefined ? "" : writeCell(series, column, results);
    });
    return `| **${series.id}**: ${series.title}, ${series.unit} | ${cells.join(" | ")} |`;
  });
  return [
    `| | ${names.join(" | ")} |`,
    `|---|${names.map(() => "--:").join("|")}|`,
    ...rows,
    "",
    `${results.about}, ${results.at.slice(0, 10)}.`,
  ].join("\n");
}

/** Median, then each ratio with its spread: `594; **4.90** (4.60–5.10)`, and of what, if not of the floor. */
function writeCell(series: Series, column: Column, results: Results): string {
  if (column.values.length === 0) return "";
  const spread = spreadOf(column.values);
  if (!series.compared) return formatSpread(spread);
  const ratios = compare(series, column, results).map(({ over, median, low, high }) => {
    const brackets = low === high ? "" : ` (${formatNumber(low)}–${formatNumber(high)})`;
    return `**${formatNumber(median)}**${brackets}${over === "floor" ? "" : ` of ${over}`}`;
  });
  return [formatNumber(spread.median), ...ratios].join("; ");
}
