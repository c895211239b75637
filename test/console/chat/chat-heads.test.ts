import { expect, test } from "vitest";

import { type ChatHead, findSurplus, groupHeads } from "../../../src/console/domain/chat/chat-heads.ts";

const head = (id: string, at: number, bytes = 1): ChatHead => ({ id, title: id, at, bytes });
const ids = (heads: readonly ChatHead[]) => heads.map(({ id }) => id);

test("the oldest go when there are too many, or they are too large; the newest stays whatever it is", () => {
  const many = Array.from({ length: 103 }, (_, index) => head(`c${index}`, index));
  expect(ids(findSurplus(many))).toEqual(["c2", "c1", "c0"]);
  expect(ids(findSurplus([head("old", 1), head("large", 2, 49_999_999), head("new", 3)]))).toEqual(["old"]);
  expect(findSurplus([head("huge", 1, 80_000_000)])).toEqual([]);
});

test("chats of today stand apart, the newest first", () => {
  const now = new Date(2026, 10, 27, 1, 0).getTime();
  const hour = 3_600_000;
  const { today, earlier } = groupHeads(
    [head("a", now - 2 * hour), head("b", now - hour / 2), head("c", now), head("d", now - 48 * hour)],
    now,
  );
  expect([ids(today), ids(earlier)]).toEqual([
    ["c", "b"],
    ["a", "d"],
  ]);
});
