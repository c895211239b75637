/** A sentence that has no end is cut here, in characters; the cut is marked. */
const longest = 200;

/** Words whose full stop ends no sentence. */
const abbreviation = /\b(?:e\.g|i\.e|etc|vs|cf|approx|incl|max|min|no|nr)\.$/i;

/**
 * The first sentence of a description: up to its full stop, or to a blank line or a list behind it. In one line.
 */
export function firstSentence(text: string): string {
  const [beginning = ""] = text.trim().split(/\n\s*(?:\n|[-*•]\s|\d+[.)]\s)/, 1);
  const line = beginning.replaceAll(/\s+/g, " ");
  for (const { index, 0: stop } of line.matchAll(/[.!?](?=\s)|[。！？]/g)) {
    const sentence = line.slice(0, index + stop.length);
    const isEnd = !abbreviation.test(sentence) && !/^\s+\p{Ll}/u.test(line.slice(sentence.length));
    if (isEnd && sentence.length <= longest) return sentence;
    if (sentence.length > longest) break;
  }
  if (line.length <= longest) return line;
  return `${line.slice(0, line.lastIndexOf(" ", longest) + 1 || longest).trimEnd()}…`;
}
