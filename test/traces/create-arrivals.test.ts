import { expect, test } from "vitest";

import { createArrivals } from "../../src/traces/create-arrivals.ts";

test("what comes within one ms is one arrival, but the first stays by itself", () => {
  const arrivals = createArrivals();
  expect(arrivals.get()).toEqual([]);
  for (const [units, ms] of [
    [3, 10],
    [4, 10],
    [5, 10],
    [9, 12],
  ] as const)
    arrivals.note(units, ms);
  expect(arrivals.get()).toEqual([
    [3, 10],
    [5, 10],
    [9, 12],
  ]);
});

test.each([63, 64, 65, 1000, 10_001])("of %i few are kept, spread over all, with both ends", (count) => {
  const arrivals = createArrivals();
  for (let index = 1; index <= count; index += 1) arrivals.note(index, index);
  const kept = arrivals.get();
  expect(kept.length).toBeLessThanOrEqual(64);
  expect(kept.length).toBeGreaterThan(30);
  expect([kept[0], kept.at(-1)]).toEqual([
    [1, 1],
    [count, count],
  ]);
  const steps = kept.slice(1).map(([units], index) => units - (kept[index]?.[0] ?? 0));
  expect(Math.max(...steps)).toBeLessThanOrEqual(count / 15);
});
