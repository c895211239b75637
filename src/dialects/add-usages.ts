import type { Usage } from "../model/events.ts";

function sum(counts: readonly (number | undefined)[]): number | undefined {
  let total = 0;
  for (const count of counts) {
    if (count === undefined) return undefined;
    total += count;
  }
  return total;
}

/**
 * The usage of several answers: all of the output, and each prompt once, as the APIs count. `answersPerPrompt`
 * neighbours answer the same prompt; default: all of them do. Unknown plus anything is unknown.
 */
export function addUsages(usages: readonly Usage[], answersPerPrompt = usages.length): Usage {
  const input = sum(
    usages.filter((_, index) => index % answersPerPrompt === 0).map(({ inputTokens }) => inputTokens),
  );
  const output = sum(usages.map(({ outputTokens }) => outputTokens));
  const reasoning = sum(usages.map(({ reasoningTokens }) => reasoningTokens));
  return {
    ...(input === undefined ? {} : { inputTokens: input }),
    ...(output === undefined ? {} : { outputTokens: output }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
    estimated: usages.some((usage) => usage.estimated),
  };
}
