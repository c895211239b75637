import { describe, expect, test } from "vitest";

import type { Limit } from "../../src/access/limits.ts";
import { describeLimit, toRefusalError } from "../../src/access/refuse.ts";
import { aKey } from "./keys-for-tests.ts";

const own = aKey({ id: "key_own", budget: { id: "bud_own", unit: "tokens", amount: 1, period: "day" } });
const parent = aKey({ id: "key_parent", name: "team" });
const now = Date.parse("2027-01-01T00:00:00Z");

function limit(text: string, more: Partial<Limit> = {}): Limit {
  const [id = "", kind = "rate", unit = "tokens", cap = "1", period = ""] = text.split(" ");
  return { id, kind, unit, cap: Number(cap), period: period === "" ? undefined : period, ...more } as Limit;
}

test.each([
  ["k.concurrency concurrency requests 1", "1 request at once"],
  ["k.concurrency concurrency requests 3", "3 requests at once"],
  ["k.requests_per_minute rate requests 1 minute", "1 request a minute"],
  ["k.tokens_per_day rate tokens 10000 day", "10,000 tokens a day"],
  ["b.tokens budget tokens 5 total", "5 tokens in all"],
  ["b.nano-usd budget nano-usd 5000000000 month", "$5.00 a month"],
  ["b.nano-usd budget nano-usd 1500 week", "$0.0000015 a week"],
])("%s is %s", (text, words) => {
  expect(describeLimit(limit(text))).toBe(words);
});

const time = (retryAfterMs: number) => ({ until: "time", retryAfterMs }) as const;

describe("a refusal says whose limit it is, how much of it is used, and when it opens", () => {
  const settled = { until: "settled", retryAfterMs: undefined } as const;
  const changed = { until: "changed", retryAfterMs: undefined } as const;
  test.each([
    [
      limit("key_own.requests_per_minute rate requests 60 minute"),
      { used: 60, ...time(1500) },
      { kind: "rate-limited", retryAfterMs: 1500, resetsAt: undefined },
      "This key may have 60 requests a minute (requests_per_minute). " +
        "Used or reserved of that now: 60, and this request needs more than is left. It fits in 2 s.",
    ],
    // A minute is never longer than a client waits, whatever the figure.
    [
      limit("key_own.tokens_per_minute rate tokens 1000 minute"),
      { used: 900, ...time(61_000) },
      { kind: "rate-limited", retryAfterMs: 61_000 },
      "(tokens_per_minute). Used or reserved of that now: 900,",
    ],
    [
      limit("key_own.tokens_per_day rate tokens 1000 day"),
      { used: 1000, ...time(60_000) },
      { kind: "rate-limited", retryAfterMs: 60_000 },
      "It fits in 60 s.",
    ],
    [
      limit("key_parent.tokens_per_day rate tokens 1000 day"),
      { used: 1000, ...time(3_600_000) },
      { kind: "budget-exhausted", retryAfterMs: 3_600_000, resetsAt: now + 3_600_000, shouldRetry: false },
      'The key "team", which this one descends from, may have 1,000 tokens a day (tokens_per_day). ' +
        "Used or reserved of that now: 1,000, and this request needs more than is left. It fits in 3,600 s.",
    ],
    [
      limit("bud_own.tokens budget tokens 100 day"),
      { used: 100, ...time(5000) },
      { kind: "budget-exhausted", retryAfterMs: 5000, resetsAt: now + 5000 },
      "This key may have 100 tokens a day (budget).",
    ],
    [
      limit("bud_own.tokens budget tokens 100 day"),
      { used: 100, ...settled },
      { kind: "rate-limited", retryAfterMs: 1000 },
      "Running requests may give back some of it.",
    ],
    [
      limit("bud_own.nano-usd budget nano-usd 5000000000 total"),
      { used: 4_999_000_000, ...changed },
      { kind: "budget-exhausted", retryAfterMs: undefined, resetsAt: undefined, shouldRetry: false },
      "$5.00 in all (budget). Used or reserved of that now: $4.999, and this request needs more than is left. " +
        "It never fits: ask for fewer tokens, or have the limit raised.",
    ],
    [
      limit("key_own.concurrency concurrency requests 2"),
      { used: 2, ...settled },
      { kind: "rate-limited", retryAfterMs: 1000 },
      "This key may have 2 requests at once (concurrency). So many run now: try again when one of them is over.",
    ],
  ])("%j %j", (limited, state, expected, words) => {
    const error = toRefusalError({ kind: "limit", limit: limited, ...state }, [own, parent], now);
    expect(error).toMatchObject(expected);
    expect(error.message).toContain(words);
  });

  test("one that was revoked meanwhile is no key any more", () => {
    expect(toRefusalError({ kind: "revoked" }, [own], now)).toMatchObject({
      kind: "unauthenticated",
      shouldRetry: false,
    });
  });
});
