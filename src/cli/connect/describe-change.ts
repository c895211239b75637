import type { Change } from "./plan-changes.ts";

/** Lines around a change that are shown. */
const context = 3;

/** A line of a comparison: `+` is new, `-` goes, " " stays. */
interface Line {
  readonly sign: "+" | "-" | " ";
  readonly text: string;
}

/** The lines of both texts, those in common once: the longest common subsequence. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      const longest =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
      const line = lengths[row];
      if (line !== undefined) line[column] = longest;
    }
  }
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old, fresh] = [before[row], after[column]];
    if (old !== undefined && old === fresh) {
      lines.push({ sign: " ", text: old });
      row++;
      column++;
    } else if (old !== undefined && (fresh === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ sign: "-", text: old });
      row++;
    } else {
      lines.push({ sign: "+", text: fresh ?? "" });
      column++;
    }
  }
  return lines;
}

const toLines = (text: string): string[] => text.replaceAll("\r\n", "\n").replace(/\n$/, "").split("\n");

/** What a user wants to see before answering yes: the text of a new file, of an old one the lines that change. */
export function describeChange({ path, before, after }: Change): string {
  if (after === undefined) return `${path} goes away.\n`;
  if (before === undefined) return `${path} (new):\n\n${after}`;
  const lines = compare(toLines(before), toLines(after));
  const changed = lines.flatMap(({ sign }, index) => (sign === " " ? [] : [index]));
  const shown = lines.map((_, index) => changed.some((other) => Math.abs(other - index) <= context));
  const parts = lines.flatMap(({ sign, text }, index) => {
    if (shown[index] === true) return [`${sign} ${text}`.trimEnd()];
    return index === 0 || shown[index - 1] === true ? ["  ..."] : [];
  });
  return `${path} (changes):\n\n${parts.join("\n")}\n`;
}
