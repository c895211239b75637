import { countEdits } from "./count-edits.ts";

/** Ids are compared without case and punctuation: `deepseek v3.2` is `DeepSeek-V3.2`. */
function simplify(id: string): string {
  return id.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** Comparing takes some microseconds for each id, and lists have some dozens. */
const mostCompared = 1000;

/** The known id that was most likely meant, or undefined when none is near. Looks at the first 1,000. */
export function suggestId(wanted: string, known: readonly string[]): string | undefined {
  const text = simplify(wanted).slice(0, 200);
  let best: { id: string; score: number } | undefined;
  for (const id of known.slice(0, mostCompared)) {
    const other = simplify(id);
    const contains = text.length >= 4 && other !== "" && (other.includes(text) || text.includes(other));
    const longest = Math.max(text.length, other.length, 1);
    // Parts of an id (`gpt-oss-120b`, or a vendor in front) are nearer than any misspelling, the larger the nearer.
    const score = contains
      ? -Math.min(text.length, other.length) / longest
      : countEdits(text, other) / longest;
    if (score <= 0.4 && (best === undefined || score < best.score)) best = { id, score };
  }
  return best?.id;
}
