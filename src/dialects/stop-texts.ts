/** UTF-16 units of all stop sequences of a request: a machine that finds them is made for each answer. */
const longest = 20_000;

/** Says that there are too many letters in the stop sequences; ends a zod check of their list. */
export const stopsTooLong = `expected at most ${longest} characters in all`;

/** Whether stop sequences are short enough to be looked for. */
export function areStopsShort(texts: readonly string[]): boolean {
  let length = 0;
  for (const text of texts) length += text.length;
  return length <= longest;
}
