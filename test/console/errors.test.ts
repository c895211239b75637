import { expect, test } from "vitest";

import { toErrorRows } from "../../src/console/domain/errors.ts";
import { en } from "../../src/console/text/en.ts";
import { errorStatus } from "../../src/errors.ts";

test("what a key's limit refuses stands apart from what an upstream refuses", () => {
  const rows = toErrorRows(
    [
      { error: "rate-limited", failed: 7, refused: 1 },
      { error: "budget-exhausted", failed: 13, refused: 1 },
      { error: "forbidden", failed: 0, refused: 1 },
      { error: "upstream-truncated", failed: 4, refused: 0 },
    ],
    5,
  );
  expect(rows).toEqual([
    { kind: "budget-exhausted", count: 13 },
    { kind: "rate-limited", count: 7 },
    { kind: "upstream-truncated", count: 4 },
    { kind: "key-limit", count: 2 },
    { kind: "forbidden", count: 1 },
  ]);
});

test("what there is no room for is told together, so that the rows add up", () => {
  const errors = ["a", "b", "c", "d"].map((error, index) => ({ error, failed: 9 - index, refused: 0 }));
  expect(toErrorRows(errors, 3)).toEqual([
    { kind: "a", count: 9 },
    { kind: "b", count: 8 },
    { kind: "other", count: 13 },
  ]);
});

test("every kind of error of the gateway has a name", () => {
  const unnamed = Object.keys(errorStatus).filter((kind) => en.overview.errorKinds[kind] === undefined);
  expect(unnamed).toEqual([]);
});
