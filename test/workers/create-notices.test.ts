import { expect, test } from "vitest";

import type { Notice } from "../../src/model/notices.ts";
import { createNoticeRelay, createNotices } from "../../src/workers/create-notices.ts";
import { createLinkPair } from "../support/link-pair.ts";

const noticeOf = (key: string, value: unknown, until = 1000): Notice => ({ kind: "rest", key, value, until });

function setUp() {
  const clock = { now: 0 };
  const now = () => clock.now;
  const relay = createNoticeRelay(now);
  return {
    clock,
    join: () => {
      const { links } = createLinkPair();
      relay.join(links[1].lane("notices"));
      const notices = createNotices(links[0].lane("notices"), now);
      const heard: unknown[] = [];
      const stop = notices.subscribe("rest", ({ key, value }) => void heard.push([key, value]));
      return { notices, heard, stop };
    },
  };
}

async function turns(): Promise<void> {
  for (let count = 0; count < 6; count += 1) await new Promise(setImmediate);
}

test("all others hear it, and who told it does not", async () => {
  const { join } = setUp();
  const [one, two, three] = [join(), join(), join()];
  one.notices.publish(noticeOf("a", 1));
  one.notices.publish({ ...noticeOf("b", 2), kind: "other" });
  await turns();
  expect([one.heard, two.heard, three.heard]).toEqual([[], [["a", 1]], [["a", 1]]]);
  two.stop();
  one.notices.publish(noticeOf("a", 3));
  await turns();
  expect([two.heard, three.heard]).toEqual([
    [["a", 1]],
    [
      ["a", 1],
      ["a", 3],
    ],
  ]);
});

test("who comes later hears the last of each that is still worth knowing, and so does who subscribes later", async () => {
  const { join, clock } = setUp();
  const one = join();
  for (const notice of [noticeOf("a", 1), noticeOf("a", 2), noticeOf("b", 3, 10)])
    one.notices.publish(notice);
  await turns();
  clock.now = 10;
  const late = join();
  await turns();
  expect(late.heard).toEqual([["a", 2]]);
  const later: unknown[] = [];
  late.notices.subscribe("rest", ({ value }) => void later.push(value));
  late.notices.subscribe("other", () => void later.push("wrong"));
  expect(later).toEqual([2]);
});
