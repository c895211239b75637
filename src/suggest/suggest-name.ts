import { countEdits } from "./count-edits.ts";

/**
 * The setting that a variable's name was meant to be: not more than one edit away for each four letters. `undefined`
 * for a name that is far from all.
 */
export function suggestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toUpperCase();
  const near = known
    .filter((other) => Math.abs(other.length - wanted.length) <= wanted.length / 4)
    .map((other) => ({ other, edits: countEdits(wanted, other) }))
    .toSorted((left, right) => left.edits - right.edits)[0];
  return near !== undefined && near.edits <= wanted.length / 4 ? near.other : undefined;
}
