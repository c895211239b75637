import * as fc from "fast-check";
import { expect, test } from "vitest";

import { packLimitRows, unpackLimitRows } from "../../../src/store/sqlite/pack-limit-rows.ts";

const amount = fc.maxSafeNat();
const row = fc.record({
  id: fc.string(),
  kind: fc.constantFrom("rate", "budget", "concurrency"),
  unit: fc.constantFrom("requests", "tokens", "nano-usd"),
  period: fc.constantFrom(undefined, "minute", "hour", "day", "week", "month", "total"),
  win: amount,
  used: amount,
  prev: amount,
  ceiling: fc.option(amount, { nil: undefined }),
});

test("what is packed and cloned is what it was", () => {
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      expect(unpackLimitRows(structuredClone(packLimitRows(rows)))).toEqual(rows);
    }),
  );
});

test("every figure is one that the file takes", () => {
  fc.assert(
    fc.property(fc.double(), fc.double(), (used, ceiling) => {
      const given = { id: "a", kind: "budget", unit: "tokens", period: "day", win: 0, prev: 0 } as const;
      const [packed] = unpackLimitRows(packLimitRows([{ ...given, used: Math.abs(used), ceiling }]));
      expect(Number.isSafeInteger(packed?.used)).toBe(true);
      expect(packed?.used).toBeGreaterThanOrEqual(0);
    }),
  );
});
