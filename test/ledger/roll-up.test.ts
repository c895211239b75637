import * as fc from "fast-check";
import { expect, test } from "vitest";

import type { LedgerRow } from "../../src/ledger/ledger-row.ts";
import { type Cell, rollUp } from "../../src/ledger/roll-up.ts";
import { figureNames, toFigures } from "../../src/ledger/sum-up.ts";
import { bucketOf } from "../../src/ledger/time-buckets.ts";
import { dimensions, findView, periods, type View, views } from "../../src/ledger/views.ts";
import { anyRows, midnight, row } from "../store/contract/ledger-rows.ts";

const idOf = ({ view, period, slot, names }: Pick<Cell, "view" | "period" | "slot" | "names">) =>
  JSON.stringify([view.number, period.number, slot, names.map((name) => name ?? null)]);

const ascending = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other);

/** What rows add up to, one figure after the other; times where the view has them. */
function addUp(rows: readonly LedgerRow[], { hasTimes }: View) {
  const answered = rows.filter(({ outcome }) => outcome === "answered");
  return {
    figures: figureNames.map((name) => rows.reduce((sum, one) => sum + toFigures(one)[name], 0)),
    ...(hasTimes && {
      recovered: answered.filter(({ attempts }) => attempts.length > 1).length,
      lastAt: Math.max(...rows.map(({ at }) => at)),
      first: ascending(rows.flatMap(({ firstTokenMs = [] }) => firstTokenMs).map(bucketOf)),
      total: ascending(answered.map(({ ms }) => bucketOf(ms))),
    }),
  };
}

/** The rows of each cell, by looking at each row for each view and period. */
function rollUpNaively(rows: readonly LedgerRow[]): ReadonlyMap<string, ReturnType<typeof addUp>> {
  const cells = new Map<string, { readonly view: View; readonly rows: LedgerRow[] }>();
  for (const view of views)
    for (const period of view.periods)
      for (const one of rows) {
        const names = dimensions.map((name) => (view.dimensions.includes(name) ? one[name] : undefined));
        const id = idOf({ view, period, slot: Math.floor(one.at / period.ms), names });
        const cell = cells.get(id) ?? { view, rows: [] };
        cells.set(id, cell);
        cell.rows.push(one);
      }
  return new Map([...cells].map(([id, cell]) => [id, addUp(cell.rows, cell.view)]));
}

test("each row is once in each view and period, with all that it adds", () => {
  for (const rows of fc.sample(anyRows, { numRuns: 3, seed: 20 })) {
    const cells = rollUp(rows, -Infinity);
    const found = cells.map((cell) => {
      const { figures, recovered, lastAt, firstTokenBuckets, totalBuckets, view } = cell;
      const times = { first: ascending(firstTokenBuckets), total: ascending(totalBuckets) };
      const added = { figures: figureNames.map((name) => figures[name]), recovered, lastAt, ...times };
      return [idOf(cell), view.hasTimes ? added : { figures: added.figures }] as const;
    });
    expect(new Map(found)).toEqual(rollUpNaively(rows));
    expect(cells).toHaveLength(new Map(found).size);
  }
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
