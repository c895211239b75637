import { expect, test } from "vitest";
import { splitSpan } from "../../src/ledger/split-span.ts";
import { periods } from "../../src/ledger/views.ts";

const at = (text: string) => Date.parse(`2026-11-${text}Z`);
const span = (from: string, to: string) => ({ from: at(from), to: at(to) });

test.each([
  { name: "whole days", from: "20T00:00", to: "22T00:00", days: [["20T00:00", "22T00:00"]] },
  {
    name: "hours before and after days",
    from: "19T22:00",
    to: "21T03:00",
    days: [["20T00:00", "21T00:00"]],
    hours: [
      ["19T22:00", "20T00:00"],
      ["21T00:00", "21T03:00"],
    ],
  },
  { name: "a day that is not whole", from: "20T01:00", to: "20T23:00", hours: [["20T01:00", "20T23:00"]] },
  { name: "minutes within an hour", from: "20T01:10", to: "20T01:20", rows: [["20T01:10", "20T01:20"]] },
  {
    name: "minutes over the end of an hour",
    from: "20T01:10",
    to: "20T02:20",
    rows: [["20T01:10", "20T02:20"]],
  },
  {
    name: "all of it",
    from: "19T22:59",
    to: "21T01:01",
    days: [["20T00:00", "21T00:00"]],
    hours: [
      ["19T23:00", "20T00:00"],
      ["21T00:00", "21T01:00"],
    ],
    rows: [
      ["19T22:59", "19T23:00"],
      ["21T01:00", "21T01:01"],
    ],
  },
  { name: "nothing", from: "20T00:00", to: "20T00:00" },
  { name: "less than nothing", from: "21T00:00", to: "20T00:00" },
])("$name", ({ from, to, days = [], hours = [], rows = [] }) => {
  const toSlots = (period: (typeof periods)[keyof typeof periods], pairs: readonly (readonly string[])[]) =>
    pairs.map(([first = "", last = ""]) => ({ period, ...span(first, last) }));
  expect(splitSpan(span(from, to), [periods.hour, periods.day])).toEqual({
    slots: [...toSlots(periods.day, days), ...toSlots(periods.hour, hours)],
    rows: rows.map(([first = "", last = ""]) => span(first, last)),
  });
});

test("where hours are told apart no days are used, and without periods all is in rows", () => {
  const all = span("20T00:00", "22T00:30");
  expect(splitSpan(all, [periods.half])).toEqual({ slots: [{ period: periods.half, ...all }], rows: [] });
  expect(splitSpan(all, [])).toEqual({ slots: [], rows: [all] });
});

test("without ends all is in slots of the longest period", () => {
  const all = { from: -Infinity, to: Infinity };
  const { half, day } = periods;
  expect(splitSpan(all, [half, day])).toEqual({ slots: [{ period: day, ...all }], rows: [] });
  expect(splitSpan(all, [half])).toEqual({ slots: [{ period: half, ...all }], rows: [] });
  expect(splitSpan({ from: at("20T00:00"), to: Infinity }, [half, day]).slots).toEqual([
    { period: day, from: at("20T00:00"), to: Infinity },
  ]);
});
