/** Where something is wrong: in a file, or in a variable of the environment. Lines and columns count from 1. */
export type MistakePlace =
  | { readonly file: string; readonly line?: number; readonly column?: number }
  | { readonly variable: string };

/** What is wrong and how to mend it, in whole sentences. Never has a value that may be a secret. */
export interface Mistake {
  readonly place: MistakePlace;
  readonly message: string;
}

/**
 * In the order of the file, those of variables first. The same mistake at the same place (of what is repeated by `*alias`)
 * stands there once.
 */
export function sortMistakes(mistakes: readonly Mistake[]): readonly Mistake[] {
  const sorted = mistakes.toSorted(
    (left, right) => rank(left) - rank(right) || columnOf(left) - columnOf(right),
  );
  return [
    ...new Map(sorted.toReversed().map((mistake) => [describeMistake(mistake), mistake])).values(),
  ].toReversed();
}

/** `file:line:column: what is wrong`. */
export function describeMistake({ place, message }: Mistake): string {
  return `${describePlace(place)}: ${message}`;
}

/** A line for each, sorted. */
export function describeMistakes(mistakes: readonly Mistake[]): readonly string[] {
  return sortMistakes(mistakes).map(describeMistake);
}

function describePlace(place: MistakePlace): string {
  if ("variable" in place) return place.variable;
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(":");
}

const rank = ({ place }: Mistake): number => ("variable" in place ? -1 : (place.line ?? 0));
const columnOf = ({ place }: Mistake): number => ("variable" in place ? 0 : (place.column ?? 0));
