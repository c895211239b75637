/** A row of a table by its column's heading. */
export type TableRow = Readonly<Record<string, string>>;

/**
 * Reads the one table under a heading of a Markdown page, strictly: throws when there is none or more than one, and
 * when a row has another number of cells than the head.
 */
export function readTable(page: string, heading: string): TableRow[] {
  const lines = page.split("\n");
  const start = lines.indexOf(heading);
  if (start === -1) throw new Error(`There is no heading ${heading}`);
  const end = lines.findIndex((line, at) => at > start && line.startsWith("#"));
  const section = lines.slice(start, end === -1 ? undefined : end);
  const first = section.findIndex((line) => line.startsWith("|"));
  const last = section.findLastIndex((line) => line.startsWith("|"));
  const [head = [], rule = [], ...rows] = section.slice(first, last + 1).map(readCells);
  if (first === -1 || new Set(head).size !== head.length) throw new Error(`No table below ${heading}`);
  for (const cells of [rule, ...rows]) {
    if (cells.length !== head.length) throw new Error(`Not ${head.length} cells: | ${cells.join(" | ")} |`);
  }
  if (!rule.every((cell) => /^-+$/.test(cell))) throw new Error(`No rule below the head in ${heading}`);
  return rows.map((cells) => Object.fromEntries(cells.map((cell, at) => [head[at] ?? "", cell])));
}

function readCells(line: string): string[] {
  const cells = /^\|(.*)\|$/.exec(line)?.[1]?.split("|");
  if (cells === undefined) throw new Error(`Not a row of a table: ${line}`);
  return cells.map((cell) => cell.trim());
}
