import * as fc from "fast-check";
import { expect, test } from "vitest";

import type { LedgerRow } from "../../src/ledger/ledger-row.ts";
import { type Cell, rollUp } from "../../src/ledger/roll-up.ts";
import { figureNames, toFigures } from "../../src/ledger/sum-up.ts";
import { bucketOf } from "../../src/ledger/time-buckets.ts";
import { findView, periods, views } from "../../src/ledger/views.ts";
import { anyRows, midnight, row } from "../store/contract/ledger-rows.ts";

const idOf = ({ view, period, slot, names }: Pick<Cell, "view" | "period" | "slot" | "names">) =>
  JSON.stringify([view.number, period.number, slot, view.dimensions.map((name) => names[name] ?? null)]);

/** Each cell by looking at each row for it. */
function rollUpNaively(rows: readonly LedgerRow[]): ReadonlyMap<string, readonly LedgerRow[]> {
  const cells = new Map<string, LedgerRow[]>();
  for (const view of views)
    for (const period of view.periods)
      for (const one of rows) {
        const id = idOf({ view, period, slot: Math.floor(one.at / period.ms), names: one });
        cells.set(id, [...(cells.get(id) ?? []), one]);
      }
  return cells;
}

test("each row is once in each view and period, with all that it adds", () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const expected = rollUpNaively(rows);
      const cells = rollUp(rows, -Infinity);
      expect(cells.map(idOf).toSorted()).toEqual([...expected.keys()].toSorted());
      const ascending = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other);
      for (const cell of cells) {
        const members = expected.get(idOf(cell)) ?? [];
        for (const name of figureNames)
          expect(cell.figures[name]).toBe(members.reduce((sum, one) => sum + toFigures(one)[name], 0));
        if (!cell.view.hasTimes) continue;
        const answered = members.filter(({ outcome }) => outcome === "answered");
        expect(cell.recovered).toBe(answered.filter(({ attempts }) => attempts.length > 1).length);
        expect(cell.lastAt).toBe(Math.max(...members.map(({ at }) => at)));
        expect(ascending(cell.totalBuckets)).toEqual(ascending(answered.map(({ ms }) => bucketOf(ms))));
        const first = members.flatMap(({ firstTokenMs = [] }) => firstTokenMs);
        expect(ascending(cell.firstTokenBuckets)).toEqual(ascending(first.map(bucketOf)));
      }
    }),
    { numRuns: 20 },
  );
});

test("of what came before the last hours there are no cells of the shortest period", () => {
  const slot = periods.recent.ms;
  const rows = [row("1", midnight - 1), row("2", midnight), row("3", midnight + slot)];
  const recent = rollUp(rows, midnight).filter(({ period }) => period === periods.recent);
  expect(new Set(recent.map((cell) => cell.slot * slot))).toEqual(new Set([midnight, midnight + slot]));
});

test("views have numbers of their own, periods that are made of each other, and those that activities need", () => {
  expect(new Set(views.map(({ number }) => number)).size).toBe(views.length);
  for (const { periods: some } of views) {
    for (const [index, { ms }] of some.slice(1).entries()) expect(ms % (some[index]?.ms ?? NaN)).toBe(0);
    expect(some.at(-1)).toBe(periods.day);
  }
  for (const period of [periods.recent, periods.half])
    for (const wanted of [[], ["model"], ["upstream", "error"]] as const) {
      expect(findView(wanted, { period, hasTimes: true })).toBeDefined();
      expect(findView(["key", ...wanted], { period, hasTimes: true })).toBeDefined();
    }
});
