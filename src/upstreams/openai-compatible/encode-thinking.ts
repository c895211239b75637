import { efforts, type Effort } from "../../model/request.ts";
import type { ThinkingRules } from "./server-rules.ts";

/**
 * The members of the body that ask for so much thinking: in the server's own words, the nearest one that it has. Empty for a
 * server that can't be told.
 */
export function encodeThinking(
  effort: Effort,
  rules: ThinkingRules | undefined,
): Readonly<Record<string, unknown>> {
  if (rules === undefined) return {};
  if (effort === "none" && rules.off !== undefined) return rules.off;
  const word = findNearest(effort, rules.words);
  if (word === undefined) return {};
  return rules.form === "object" ? { reasoning: { effort: word } } : { reasoning_effort: word };
}

/** Of two that are as near the lower one: it costs less. */
function findNearest(effort: Effort, words: readonly Effort[]): Effort | undefined {
  const wanted = efforts.indexOf(effort);
  const distance = (word: Effort) => Math.abs(efforts.indexOf(word) - wanted);
  // Thinking that was asked for is never turned off instead.
  const able = effort === "none" ? words : words.filter((word) => word !== "none");
  return [...able].sort((a, b) => distance(a) - distance(b))[0];
}
