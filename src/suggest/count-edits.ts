/**
 * The fewest single edits that turn one text into the other: a character more, less or another, or two neighbours swapped
 * (optimal string alignment). Takes time by the product of the lengths.
 */
export function countEdits(a: string, b: string): number {
  let [before, previous]: [readonly number[], readonly number[]] = [
    [],
    Array.from({ length: b.length + 1 }, (_, index) => index),
  ];
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSwap = row > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1),
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          isSwap ? (before[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    [before, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}

/** A number that `countEdits` is never below, in linear time: each letter that one text has more often than the other is an edit. */
export function leastEdits(a: string, b: string): number {
  const surplus = new Map<string, number>();
  for (const letter of a) surplus.set(letter, (surplus.get(letter) ?? 0) + 1);
  for (const letter of b) surplus.set(letter, (surplus.get(letter) ?? 0) - 1);
  let more = 0;
  let less = 0;
  for (const count of surplus.values()) {
    if (count > 0) more += count;
    else less -= count;
  }
  return Math.max(more, less);
}
