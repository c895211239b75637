import { expect, test } from "vitest";

import {
  budgetHeaders,
  encodeAnthropicBudget,
  encodeCodexBudget,
  encodeOpenAiBudget,
} from "../../src/dialects/encode-budget.ts";
import type { Budget } from "../../src/model/budget.ts";

const now = 1_700_000_000_000;
const budget: Budget = {
  usedPercent: 82.504,
  spent: false,
  resetsAt: now + 3_723_400,
  size: { tokens: 25_000, windowMs: 14_400_000 },
};

test("Codex's", () => {
  expect(encodeCodexBudget(budget, now)).toEqual({
    "x-codex-primary-used-percent": "82.5",
    "x-codex-primary-window-minutes": "240",
    "x-codex-primary-reset-at": "1700003724",
  });
});

test("Anthropic's", () => {
  expect(encodeAnthropicBudget(budget, now)).toEqual({
    "anthropic-ratelimit-unified-status": "allowed_warning",
    "anthropic-ratelimit-unified-reset": "1700003724",
    "anthropic-ratelimit-unified-representative-claim": "overage",
    "anthropic-ratelimit-unified-overage-utilization": "0.83",
    "anthropic-ratelimit-unified-overage-reset": "1700003724",
    "anthropic-ratelimit-unified-overage-surpassed-threshold": "0.75",
  });
  expect(encodeAnthropicBudget({ ...budget, spent: true, usedPercent: 100 }, now)).toMatchObject({
    "anthropic-ratelimit-unified-status": "rejected",
    "anthropic-ratelimit-unified-overage-utilization": "1",
    "anthropic-ratelimit-unified-overage-surpassed-threshold": "0.9",
  });
});

test.each([
  [82.504, 3_723_400, { "remaining-tokens": "4374", "reset-tokens": "1h2m4s" }],
  [125, 60_000, { "remaining-tokens": "0", "reset-tokens": "1m0s" }],
  [0, 400, { "remaining-tokens": "25000", "reset-tokens": "1s" }],
  [0, -400, { "remaining-tokens": "25000", "reset-tokens": "0s" }],
])("OpenAI's, with %d %% used and %d ms to go", (usedPercent, wait, headers) => {
  const named = Object.entries({ "limit-tokens": "25000", ...headers });
  expect(encodeOpenAiBudget({ ...budget, usedPercent, resetsAt: now + wait }, now)).toEqual(
    Object.fromEntries(named.map(([name, value]) => [`x-ratelimit-${name}`, value])),
  );
});

test("no tokens and no window where the size is not known", () => {
  const unknown = { ...budget, size: undefined };
  expect(Object.keys(encodeOpenAiBudget(unknown, now))).toEqual(["x-ratelimit-reset-tokens"]);
  expect(encodeCodexBudget(unknown, now)).not.toHaveProperty("x-codex-primary-window-minutes");
});

test("all of them have names for browsers", () => {
  for (const encode of [encodeCodexBudget, encodeAnthropicBudget, encodeOpenAiBudget]) {
    expect(budgetHeaders).toEqual(expect.arrayContaining(Object.keys(encode(budget, now))));
  }
});
