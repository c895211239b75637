import { expect, test } from "vitest";

import { addMetrics } from "../../src/telemetry/add-metrics.ts";

test("series are added by name and labels, in whatever order those stand", () => {
  const one = [
    {
      name: "requests",
      values: [
        { labels: { model: "a", status: "200" }, value: 1 },
        { labels: { model: "b", status: "200" }, value: 5 },
      ],
    },
  ];
  const other = [
    {
      name: "requests",
      values: [
        { labels: { status: "200", model: "a" }, value: 2 },
        { labels: { status: "429", model: "a" }, value: 3 },
      ],
    },
    {
      name: "seconds",
      values: [
        { metricName: "seconds_sum", labels: {}, value: 1 },
        { metricName: "seconds_count", labels: {}, value: 2 },
      ],
    },
  ];
  const sums = addMetrics(one, other).map(({ name, values }) => [
    name,
    values.map(({ labels, value }) => [labels, value]),
  ]);
  expect(sums).toEqual([
    [
      "requests",
      [
        [{ model: "a", status: "200" }, 3],
        [{ model: "b", status: "200" }, 5],
        [{ model: "a", status: "429" }, 3],
      ],
    ],
    [
      "seconds",
      [
        [{}, 1],
        [{}, 2],
      ],
    ],
  ]);
});
