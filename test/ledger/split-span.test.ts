import { expect, test } from "vitest";
import { splitSpan } from "../../src/ledger/split-span.ts";

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
  const toSpans = (pairs: readonly (readonly string[])[]) =>
    pairs.map(([first = "", last = ""]) => span(first, last));
  expect(splitSpan(span(from, to), "day")).toEqual({
    days: toSpans(days),
    hours: toSpans(hours),
    rows: toSpans(rows),
  });
});

test("where hours are told apart no days are used", () => {
  expect(splitSpan(span("20T00:00", "22T00:30"), "hour")).toEqual({
    days: [],
    hours: [span("20T00:00", "22T00:00")],
    rows: [span("22T00:00", "22T00:30")],
  });
});

test("without ends all is in whole days, or hours", () => {
  const all = { from: -Infinity, to: Infinity };
  expect(splitSpan(all, "day")).toEqual({ days: [all], hours: [], rows: [] });
  expect(splitSpan(all, "hour")).toEqual({ days: [], hours: [all], rows: [] });
  expect(splitSpan({ from: at("20T00:00"), to: Infinity }, "day").days).toEqual([
    { from: at("20T00:00"), to: Infinity },
  ]);
});
