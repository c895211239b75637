import { compare } from "./compare.ts";
import type { Results } from "./results.ts";
import type { Spread } from "./statistics.ts";

/** Rows of the chart: what users feel, not each variant. */
const shown = ["A32", "B", "C1000", "D", "agent"];
/** Readable on white and on black. */
const colours = ["#3b82f6", "#8b5cf6", "#d97706", "#059669", "#dc2626", "#6b7280"];
const left = 250;
const width = 860;
const bar = 16;
const gap = 22;
const top = 64;

interface Bar extends Spread {
  readonly name: string;
}

interface Group {
  readonly title: string;
  readonly bars: readonly Bar[];
}

function toGroups(results: Results): readonly Group[] {
  return results.series
    .filter(({ id }) => shown.includes(id))
    .map((series) => ({
      title: `${series.id}: ${series.title}`,
      bars: series.columns
        .filter(({ kind }) => kind !== "all on")
        .flatMap((column) => {
          const ratio = compare(series, column, results).find(({ over }) => over === "floor");
          return ratio === undefined ? [] : [{ ...ratio, name: column.name }];
        }),
    }))
    .filter(({ bars }) => bars.length > 0);
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** A string of at most `length` characters, so that it does not run into the bars. */
const shorten = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

/**
 * An SVG of CPU over the floor's, on a scale on which each step doubles: a bar for the median, a line from the lowest to the
 * highest round. Plain shapes and one font, in colours that both light and dark pages bear.
 */
export function drawChart(results: Results): string {
  const groups = toGroups(results);
  const names = [...new Set(groups.flatMap(({ bars }) => bars.map(({ name }) => name)))];
  const most = Math.max(2, ...groups.flatMap(({ bars }) => bars.map(({ high }) => high)));
  const steps = Math.ceil(Math.log2(most));
  const x = (ratio: number): number => left + (Math.max(0, Math.log2(ratio)) / steps) * (width - left - 60);
  const parts: string[] = [];
  let y = top;
  for (const { title, bars } of groups) {
    parts.push(text(left - 12, y + 12, shorten(title, 40), ' text-anchor="end"'));
    for (const one of bars) {
      const colour = colours[names.indexOf(one.name) % colours.length];
      const middle = y + bar / 2;
      parts.push(
        `<rect x="${left}" y="${y}" width="${round(Math.max(1, x(one.median) - left))}" height="${bar - 3}" fill="${colour}"/>`,
        `<path d="M${round(x(one.low))} ${middle - 2}H${round(x(one.high))}" class="range"/>`,
        text(x(one.high) + 6, y + 11, one.median.toFixed(1)),
      );
      y += bar;
    }
    y += gap;
  }
  const grid = Array.from({ length: steps + 1 }, (_, step) => {
    const at = round(x(2 ** step));
    return `<path d="M${at} ${top - 8}V${y - gap + 6}" class="grid"/>${text(at, y + 2, `${2 ** step}×`, ' text-anchor="middle"')}`;
  });
  const legend = names.map((name, index) => {
    const at = left + index * 130;
    return `<rect x="${at}" y="32" width="12" height="12" fill="${colours[index % colours.length]}"/>${text(at + 18, 42, shorten(name, 16))}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 14}" font-family="system-ui, sans-serif" font-size="12">`,
    "<title>CPU over that of the least that a proxy on Node can cost</title>",
    "<style>text{fill:#4b5563}.grid{stroke:#9ca3af;stroke-width:.5}.range{stroke:#4b5563;stroke-width:2}" +
      "@media(prefers-color-scheme:dark){text{fill:#d1d5db}.range{stroke:#e5e7eb}.grid{stroke:#6b7280}}</style>",
    text(12, 20, "CPU over the floor's, the least that a proxy on Node can cost (1×). Shorter is better."),
    ...legend,
    ...grid,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function text(x: number, y: number, content: string, more = ""): string {
  return `<text x="${round(x)}" y="${round(y)}"${more}>${escape(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
