import { expect, test } from "vitest";

import { createTotalsKeeper } from "../../src/server/create-totals-keeper.ts";

const usage = { inputTokens: 10, outputTokens: 1 };

test("what failed counts as no answer, but its tokens count", () => {
  const keeper = createTotalsKeeper(5);
  keeper.addRequest({ model: "a", usage });
  keeper.addRequest({ model: "a", usage, error: "upstream-truncated" });
  keeper.addRequest({ model: "b", error: "rate-limited" });
  keeper.addRequest({ error: "aborted" });
  keeper.addRun({ model: "a", usage: { inputTokens: 3 } });
  expect(keeper.totals()).toEqual({
    since: 5,
    requests: 4,
    failures: { "upstream-truncated": 1, "rate-limited": 1, aborted: 1 },
    models: [{ model: "a", answers: 2, inputTokens: 23, outputTokens: 2 }],
  });
});

test("names that clients make up take no memory without end", () => {
  const keeper = createTotalsKeeper(0);
  for (let number = 0; number < 1000; number += 1) keeper.addRequest({ model: `m${number}`, usage });
  const { models } = keeper.totals();
  expect(models.length).toBe(201);
  expect(models.at(-1)).toEqual({
    model: "other models",
    answers: 800,
    inputTokens: 8000,
    outputTokens: 800,
  });
});
