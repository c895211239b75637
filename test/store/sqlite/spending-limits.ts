import type { Limit } from "../../../src/access/limits.ts";

/** What both sides of the test of kill -9 count. */
export function spendingLimits(
  cap: number,
): Readonly<Record<"tokens" | "money" | "requests" | "atOnce", Limit>> {
  return {
    tokens: { id: "tokens", kind: "budget", unit: "tokens", period: "total", cap: 1e12 },
    money: { id: "money", kind: "budget", unit: "nano-usd", period: "total", cap },
    requests: { id: "requests", kind: "rate", unit: "requests", period: "day", cap: 1e9 },
    atOnce: { id: "at once", kind: "concurrency", unit: "requests", period: undefined, cap: 100 },
  };
}
