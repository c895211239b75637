import { efforts, type Effort } from "../model/request.ts";

/** What clients call efforts besides their own names, in lower case and without what joins words. */
const otherWords: Readonly<Record<string, Effort>> = {
  off: "none",
  disabled: "none",
  min: "minimal",
  minimum: "minimal",
  med: "medium",
  normal: "medium",
  extrahigh: "xhigh",
  veryhigh: "xhigh",
  maximum: "max",
  ultra: "max",
  ultracode: "max",
};

/** The effort that a client's word means, or the nearest; `undefined` for a word that means none, such as `auto`. */
export function parseEffort(word: string | undefined): Effort | undefined {
  const plain = (word ?? "").toLowerCase().replace(/[\s_-]/g, "");
  return (
    efforts.find((effort) => effort === plain) ??
    (Object.hasOwn(otherWords, plain) ? otherWords[plain] : undefined)
  );
}

/** From how many tokens of thinking on an effort is meant. */
const budgets: readonly (readonly [tokens: number, Effort])[] = [
  [32_768, "xhigh"],
  [16_384, "high"],
  [4096, "medium"],
  [1024, "low"],
  [1, "minimal"],
];

/** The effort that comes near to a budget of so many tokens of thinking; `undefined` for a budget that says nothing (-1). */
export function toEffort(budgetTokens: number): Effort | undefined {
  if (budgetTokens === 0) return "none";
  return budgets.find(([tokens]) => budgetTokens >= tokens)?.[1];
}
