import { nanoUsdPerUsd } from "../model/cost-of.ts";
import type { AccessKey, Budget } from "./access-key.ts";
import type { Limit } from "./limits.ts";

/** A budget as a limit: dollars in billionths. What is counted in tokens never becomes dollars, so its id says what it is. */
export function budgetLimit({ id, unit, amount, period }: Budget): Limit {
  const inDollars = unit === "usd";
  const counted = inDollars ? "nano-usd" : "tokens";
  return {
    id: `${id}.${counted}`,
    kind: "budget",
    unit: counted,
    cap: inDollars ? Math.round(amount * nanoUsdPerUsd) : amount,
    period,
  };
}

/** The limits of a key alone, by the names that its fields have in the API. */
export function ownLimits(key: AccessKey): readonly Limit[] {
  const { id, requestsPerMinute, tokensPerMinute, tokensPerDay, concurrency, budget } = key;
  const limits: Limit[] = [];
  const add = (name: string, limit: Pick<Limit, "kind" | "unit" | "period">, cap: number | undefined) => {
    if (cap !== undefined) limits.push({ id: `${id}.${name}`, ...limit, cap });
  };
  add("concurrency", { kind: "concurrency", unit: "requests", period: undefined }, concurrency);
  add("requests_per_minute", { kind: "rate", unit: "requests", period: "minute" }, requestsPerMinute);
  add("tokens_per_minute", { kind: "rate", unit: "tokens", period: "minute" }, tokensPerMinute);
  add("tokens_per_day", { kind: "rate", unit: "tokens", period: "day" }, tokensPerDay);
  if (budget !== undefined) limits.push(budgetLimit(budget));
  return limits;
}

/** All that binds a key: its own limits and those of all that it descends from; a budget that they share stands once. */
export function limitsOf(keys: readonly AccessKey[]): readonly Limit[] {
  return [...new Map(keys.flatMap(ownLimits).map((limit) => [limit.id, limit])).values()];
}
