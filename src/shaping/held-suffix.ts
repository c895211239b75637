/**
 * How many UTF-16 units at the end of `text` could be the beginning of one of `words` (never a whole one): what a
 * machine has to hold back until more text comes.
 */
export function heldSuffix(text: string, words: readonly string[]): number {
  let longest = 0;
  for (const word of words) {
    const first = word.charAt(0);
    for (
      let at = text.indexOf(first, Math.max(0, text.length - word.length + 1));
      at !== -1;
      at = text.indexOf(first, at + 1)
    ) {
      if (!word.startsWith(text.slice(at))) continue;
      longest = Math.max(longest, text.length - at);
      break;
    }
  }
  return longest;
}
