import { expect, test } from "vitest";

import { type ChartData, findHighest, stack } from "../../src/console/parts/chart-data.ts";

const data = (form: ChartData["form"]): ChartData => ({
  form,
  times: [0, 1, 2],
  stepMs: 1,
  series: [
    { name: "failed", kind: "red", values: [1, 0, null] },
    { name: "answered", kind: "accent", values: [2, 5, null] },
  ],
  writeAxis: String,
  write: String,
});

test("bars stand on each other, lines do not", () => {
  expect(stack(data("bars").series)).toEqual([
    [1, 0, 0],
    [3, 5, 0],
  ]);
  expect([findHighest(data("bars")), findHighest(data("lines"))]).toEqual([5, 5]);
  expect(findHighest({ ...data("bars"), series: [] })).toBe(0);
});
