import * as fc from "fast-check";
import { expect, test } from "vitest";

import { budgetPeriods } from "../../src/access/access-key.ts";
import { endOfPeriod, startOfPeriod } from "../../src/access/period-bounds.ts";

const instants = fc.integer({ min: 0, max: Date.UTC(2400, 0) });

const recurring = budgetPeriods.filter((period) => period !== "total");

test.each(recurring)("each instant is in one %s, and those follow each other", (period) => {
  fc.assert(
    fc.property(instants, (at) => {
      const [start, end] = [startOfPeriod(period, at), endOfPeriod(period, at)];
      expect(start <= at && at < end).toBe(true);
      expect(startOfPeriod(period, end - 1)).toBe(start);
      expect(startOfPeriod(period, end)).toBe(end);
    }),
  );
});

test("a total one has neither", () => {
  expect([startOfPeriod("total", 1e12), endOfPeriod("total", 1e12)]).toEqual([0, Infinity]);
});

test("they begin where people expect it", () => {
  fc.assert(
    fc.property(instants, (at) => {
      const start = (period: (typeof budgetPeriods)[number]) =>
        new Date(startOfPeriod(period, at)).toISOString();
      expect(start("hour")).toMatch(/T\d\d:00:00\.000Z$/);
      expect(start("day")).toMatch(/T00:00:00\.000Z$/);
      expect(new Date(start("week")).getUTCDay()).toBe(1);
      expect(start("month")).toMatch(/-01T00:00:00\.000Z$/);
    }),
  );
});
