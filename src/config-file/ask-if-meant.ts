import { suggestId } from "../suggest/suggest-id.ts";

/** ` Did you mean `x`?` with the known word that was most likely meant, or nothing. */
export function askIfMeant(word: string, known: readonly string[]): string {
  const meant = suggestId(word, known);
  return meant === undefined ? "" : ` Did you mean \`${meant}\`?`;
}
