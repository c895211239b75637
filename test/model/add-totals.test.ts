import { expect, test } from "vitest";

import { addTotals } from "../../src/model/add-totals.ts";

const model = (name: string, answers: number) => ({ model: name, answers, inputTokens: 10, outputTokens: 3 });

test("all is added, model by model and kind by kind, since the first began", () => {
  const one = { since: 5, requests: 3, failures: { internal: 1 }, models: [model("a", 1), model("b", 1)] };
  const other = {
    since: 4,
    requests: 2,
    failures: { internal: 2, aborted: 1 },
    models: [model("c", 1), model("b", 2)],
  };
  expect(addTotals(one, other)).toEqual({
    since: 4,
    requests: 5,
    failures: { internal: 3, aborted: 1 },
    models: [model("a", 1), { model: "b", answers: 3, inputTokens: 20, outputTokens: 6 }, model("c", 1)],
  });
});
