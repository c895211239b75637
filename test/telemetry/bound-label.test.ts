import { expect, test } from "vitest";

import { createBoundLabel } from "../../src/telemetry/bound-label.ts";

test("what is not known is no label, and of the known there are only so many", () => {
  const label = createBoundLabel((name) => name.startsWith("m"), 3);
  expect(["m1", "x", "m2", undefined, "m3", "m4", "m1"].map(label)).toEqual([
    "m1",
    "other",
    "m2",
    "none",
    "m3",
    "other",
    "m1",
  ]);
});

test("what was known stays a label when it is no longer offered: its series go on", () => {
  const known = new Set(["a"]);
  const label = createBoundLabel((name) => known.has(name));
  expect(label("a")).toBe("a");
  known.clear();
  expect([label("a"), label("b")]).toEqual(["a", "other"]);
});
