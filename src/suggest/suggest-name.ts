import { countEdits, leastEdits } from "./count-edits.ts";

/**
 * The setting that a variable's name was meant to be: not more than one edit away for each four letters. `undefined`
 * for a name that is far from all.
 */
export function suggestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toUpperCase();
  const most = wanted.length / 4;
  const near = known
    // A start asks for each variable of the environment: most names are out of reach at a glance.
    .filter((other) => Math.abs(other.length - wanted.length) <= most && leastEdits(wanted, other) <= most)
    .map((other) => ({ other, edits: countEdits(wanted, other) }))
    .toSorted((left, right) => left.edits - right.edits)[0];
  return near !== undefined && near.edits <= most ? near.other : undefined;
}
