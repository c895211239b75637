import * as fc from "fast-check";
import { expect, test } from "vitest";

import {
  addTimes,
  bucketOf,
  countBuckets,
  decodeTimes,
  encodeTimes,
  percentilesOf,
} from "../../src/ledger/time-buckets.ts";

const times = fc.array(fc.double({ min: 0, max: 2_000_000_000, noNaN: true }), {
  minLength: 1,
  maxLength: 300,
});
const sorted = (counts: Iterable<readonly [number, number]>) =>
  [...counts].toSorted(([one], [other]) => one - other);
const toTimes = (values: readonly number[]) => countBuckets(values.map(bucketOf));

test.each([
  [0, 0],
  [0.9, 0],
  [1, 1],
  [2, 2],
  [3, 3],
  [10, 10],
  [400, 412],
  [8000, 7845],
  [Number.MAX_SAFE_INTEGER, 3_771_522_796],
])("%d ms are told as %d", (ms, told) => {
  expect(percentilesOf(toTimes([ms]))).toEqual({ p50: told, p95: told });
});

test("of nothing there are none", () => {
  expect(percentilesOf(toTimes([]))).toBeUndefined();
});

test("percentiles are within 5 %, or half a ms, of the nearest rank", () => {
  fc.assert(
    fc.property(times, (values) => {
      const ascending = values.toSorted((one, other) => one - other);
      const told = percentilesOf(toTimes(values));
      for (const [percent, value = NaN] of [
        [50, told?.p50],
        [95, told?.p95],
      ] as const) {
        const exact = ascending[Math.ceil((ascending.length * percent) / 100) - 1] ?? NaN;
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(exact < 1 ? 1 : exact * 0.05 + 0.5);
      }
    }),
  );
});

test("what was encoded apart and put together, in any order, is all of it", () => {
  fc.assert(
    fc.property(fc.array(times, { maxLength: 5 }), (parts) => {
      const bytes = Buffer.concat(parts.map((part) => encodeTimes(toTimes(part))).toReversed());
      const all = toTimes(parts.flat());
      const sum = new Map<number, number>();
      for (const part of parts) addTimes(sum, toTimes(part));
      expect(sorted(decodeTimes(bytes))).toEqual(sorted(all));
      expect(sorted(sum)).toEqual(sorted(all));
      expect(encodeTimes(decodeTimes(bytes))).toHaveLength(4 * all.size);
    }),
  );
});

test("a count that is too large for its three bytes stays the largest", () => {
  const often = new Map([[255, 20_000_000]]);
  expect([...decodeTimes(encodeTimes(often))]).toEqual([[255, 16_777_215]]);
});
