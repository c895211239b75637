/** A sentence that has no end is cut here, in characters; the cut is marked. */
const longest = 200;

/** What ends no sentence though a full stop is behind it: abbreviations, initials, and the number of a list's first point. */
const goesOn =
  /(?:(?<![\p{L}\p{N}])(?:e\.g|i\.e|etc|vs|cf|ca|approx|incl|excl|max|min|no|nr|fig|sec|ch|vol|ed|al|dr|mr|mrs|ms|prof|st|inc|corp|dept|resp|z\.b|\p{L})|^\W{0,3}\d+)\.$/iu;

/**
 * The first sentence of a description: up to its full stop, or to a blank line or a list behind it. In one line.
 */
export function firstSentence(text: string): string {
  const [beginning = ""] = text.trim().split(/\n\s*(?:\n|[-*•]\s|\d+[.)]\s)/, 1);
  const line = beginning.replaceAll(/\s+/g, " ");
  for (const { index, 0: stop } of line.matchAll(/[.!?؟।](?=\s)|[。！？｡．]/g)) {
    const sentence = line.slice(0, index + stop.length);
    const isEnd = !goesOn.test(sentence) && !/^\s+\p{Ll}/u.test(line.slice(sentence.length));
    if (isEnd && sentence.length <= longest) return sentence;
    if (sentence.length > longest) break;
  }
  if (line.length <= longest) return line;
  const blank = line.lastIndexOf(" ", longest);
  // Not every script has blanks between its words; and the cut may be in the middle of a pair.
  const cut = line.slice(0, blank > longest / 2 ? blank : longest).replace(/\p{Surrogate}$/u, "");
  return `${cut.trimEnd()}…`;
}
