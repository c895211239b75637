import { expect, test } from "vitest";

import { budgetLimit, limitsOf, ownLimits } from "../../src/access/limits-of.ts";
import { limitField } from "../../src/access/refuse.ts";
import { aKey } from "./keys-for-tests.ts";

const budget = { id: "bud_a", unit: "tokens", amount: 100, period: "day" } as const;

test("each field of a key is a limit of its own id", () => {
  const key = aKey({ concurrency: 1, requestsPerMinute: 2, tokensPerMinute: 3, tokensPerDay: 4, budget });
  expect(ownLimits(key)).toEqual([
    { id: "key_a.concurrency", kind: "concurrency", unit: "requests", period: undefined, cap: 1 },
    { id: "key_a.requests_per_minute", kind: "rate", unit: "requests", period: "minute", cap: 2 },
    { id: "key_a.tokens_per_minute", kind: "rate", unit: "tokens", period: "minute", cap: 3 },
    { id: "key_a.tokens_per_day", kind: "rate", unit: "tokens", period: "day", cap: 4 },
    { id: "bud_a.tokens", kind: "budget", unit: "tokens", period: "day", cap: 100 },
  ]);
  expect(ownLimits(key).map(limitField)).toEqual([
    "concurrency",
    "requests_per_minute",
    "tokens_per_minute",
    "tokens_per_day",
    "budget",
  ]);
  expect(ownLimits(aKey())).toEqual([]);
});

test("dollars are counted in billionths, apart from tokens", () => {
  expect(budgetLimit({ ...budget, unit: "usd", amount: 0.1 })).toMatchObject({
    id: "bud_a.nano-usd",
    unit: "nano-usd",
    cap: 100_000_000,
  });
});

test("a key has the limits of all that it descends from, and a budget that they share once", () => {
  const parent = aKey({ id: "key_parent", requestsPerMinute: 5, budget });
  const child = aKey({ id: "key_child", requestsPerMinute: 9, budget });
  expect(limitsOf([child, parent]).map(({ id, cap }) => `${id} ${cap}`)).toEqual([
    "key_child.requests_per_minute 9",
    "bud_a.tokens 100",
    "key_parent.requests_per_minute 5",
  ]);
});
