/** Single edits, a swap of neighbours among them, that turn one text into the other (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          (rows[row - 1]?.[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1),
          (rows[row - 1]?.[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          row > 1 && column > 1 && isSwap ? (rows[row - 2]?.[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    rows.push(current);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}

/**
 * The setting that a variable's name was meant to be: not more than one edit away for each four letters. `undefined`
 * for a name that is far from all.
 */
export function suggestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toUpperCase();
  const near = known
    .filter((other) => Math.abs(other.length - wanted.length) <= wanted.length / 4)
    .map((other) => ({ other, edits: distance(wanted, other) }))
    .toSorted((left, right) => left.edits - right.edits)[0];
  return near !== undefined && near.edits <= wanted.length / 4 ? near.other : undefined;
}
