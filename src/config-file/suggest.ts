import { suggestName } from "../cli/settings/suggest-name.ts";

/**
 * The known word that was most likely meant: another spelling (`baseUrl` for `base_url`), the same letters in another
 * order, or the only one of which it is a part or that is a part of it (`key` for `api_key`). `undefined` for a word that is far from all.
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const upper = known.map((other) => other.toUpperCase());
  const near = suggestName(word, upper);
  if (near !== undefined) return known[upper.indexOf(near)];
  const wanted = word.toUpperCase();
  if (wanted.length < 3) return undefined;
  const jumbled = upper.findIndex((other) => sortLetters(other) === sortLetters(wanted));
  if (jumbled !== -1) return known[jumbled];
  const [only, ...others] = upper.filter((other) => other.includes(wanted) || wanted.includes(other));
  return only === undefined || others.length > 0 ? undefined : known[upper.indexOf(only)];
}

const sortLetters = (word: string): string => word.split("").toSorted().join("");

/** ` Did you mean `x`?`, or nothing. */
export function askIfMeant(word: string, known: readonly string[]): string {
  const meant = suggest(word, known);
  return meant === undefined ? "" : ` Did you mean \`${meant}\`?`;
}
