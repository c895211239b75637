import { expect, test } from "vitest";

import { joinNotices } from "../../src/model/join-notices.ts";
import { createNoticeBoard } from "../../src/model/notice-board.ts";
import type { Notice, Notices } from "../../src/model/notices.ts";

const noticeOf = (value: unknown, until = 1000): Notice => ({ kind: "rest", key: "a", value, until });

test("what was learned before is no news; unless that seems to be in the future, when a clock was set back", () => {
  const clock = { now: 100 };
  const board = createNoticeBoard(() => clock.now);
  const heard: unknown[] = [];
  board.subscribe("rest", ({ value }) => void heard.push(value));
  board.hear(noticeOf("first"), 50);
  board.hear(noticeOf("older"), 49);
  board.hear(noticeOf("newer"), 50);
  clock.now = 20;
  board.hear(noticeOf("set back"), 10);
  expect(heard).toEqual(["first", "newer", "set back"]);
  expect([...board.read()].map(({ value }) => value)).toEqual(["set back"]);
  expect(board.pin(noticeOf("last", 30), 20)).toBe(true);
  clock.now = 30;
  expect([...board.read()]).toEqual([]);
});

test("what is published to several is published to each, and what any of them says is heard, until that is ended", () => {
  const told: string[] = [];
  const takers = new Map<string, (notice: Notice) => void>();
  const create = (name: string): Notices => ({
    publish: ({ value }) => void told.push(`${name} ${String(value)}`),
    subscribe(_kind, take) {
      takers.set(name, take);
      return () => void takers.delete(name);
    },
  });
  const one = create("one");
  expect(joinNotices([undefined, undefined])).toBeUndefined();
  expect(joinNotices([undefined, one])).toBe(one);
  const both = joinNotices([one, create("two")]) ?? expect.unreachable("there are two");
  both.publish(noticeOf(1));
  expect(told).toEqual(["one 1", "two 1"]);
  const heard: unknown[] = [];
  const end = both.subscribe("rest", ({ value }) => void heard.push(value));
  takers.get("one")?.(noticeOf(2));
  takers.get("two")?.(noticeOf(3));
  expect(heard).toEqual([2, 3]);
  end();
  expect(takers.size).toBe(0);
});
