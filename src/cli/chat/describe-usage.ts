import type { Budget } from "../../model/budget.ts";
import type { Usage } from "../../model/events.ts";
import { describeTime, type Clock } from "../describe-budget.ts";

/**
 * What an answer took and what is left: `12 + 340 tokens, 61 % of the budget left until 19:00`.
 * Our own counts are marked by `~`. `undefined` when neither is known.
 */
export function describeUsage(
  usage: Usage | undefined,
  budget: Budget | undefined,
  clock: Clock,
): string | undefined {
  const { inputTokens, outputTokens, estimated } = usage ?? {};
  const parts = [
    inputTokens === undefined || outputTokens === undefined
      ? undefined
      : `${estimated === true ? "~" : ""}${inputTokens} + ${outputTokens} tokens`,
    budget === undefined
      ? undefined
      : `${Math.max(0, Math.round(100 - budget.usedPercent))} % of the budget left until ${describeTime(budget.resetsAt, clock)}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(", ");
}
