/**
 * How many UTF-16 units at the end of `text` could be the beginning of one of `words` (never a whole one): what a
 * machine has to hold back until more text comes.
 */
export function heldSuffix(text: string, words: readonly string[]): number {
  let longest = 0;
  for (const word of words) {
    const most = Math.min(word.length - 1, text.length);
    for (let length = most; length > longest; length -= 1) {
      if (text.endsWith(word.slice(0, length))) {
        longest = length;
        break;
      }
    }
  }
  return longest;
}
