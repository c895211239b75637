import { expect, test } from "vitest";

import { createTraceWishes, wishMs } from "../../src/traces/trace-wishes.ts";
import { createNoticeRelay, createNotices } from "../../src/workers/create-notices.ts";
import { createLinkPair } from "../support/link-pair.ts";

const now = () => 0;

const taker = (keys: readonly string[], requestId = "req_1") => ({
  keys,
  requestId,
  newTraceId: () => `trace_of_${requestId}`,
});

test.each([
  { wished: "any", keys: [], isTaken: true },
  { wished: "any", keys: ["key_1"], isTaken: true },
  { wished: "none", keys: [], isTaken: true },
  { wished: "none", keys: ["key_1"], isTaken: false },
  { wished: "key_1", keys: ["key_1"], isTaken: true },
  { wished: "key_1", keys: ["key_2", "key_1"], isTaken: true },
  { wished: "key_1", keys: ["key_2"], isTaken: false },
  { wished: "key_1", keys: [], isTaken: false },
])("a wish for $wished, a request by $keys: taken $isTaken", ({ wished, keys, isTaken }) => {
  const wishes = createTraceWishes({ now: () => 0 });
  wishes.make(wished);
  expect(wishes.take(taker(keys))).toBe(isTaken ? "trace_of_req_1" : undefined);
});

test("one request takes it; then it says which, until it expires", () => {
  const clock = { now: 5 };
  const wishes = createTraceWishes({ now: () => clock.now });
  expect(wishes.take(taker([]))).toBeUndefined();
  expect(wishes.make("any")).toEqual({ key: "any", madeAt: 5, expiresAt: 5 + wishMs });
  wishes.take(taker([]));
  expect(wishes.take(taker([], "req_2"))).toBeUndefined();
  expect(wishes.look()?.taken).toEqual({ traceId: "trace_of_req_1", requestId: "req_1" });
  clock.now += wishMs;
  expect(wishes.look()).toBeUndefined();
});

test("one that is given back waits on, and only who has taken it gives it back", () => {
  const wishes = createTraceWishes({ now });
  const made = wishes.make("any");
  wishes.take(taker([]));
  wishes.giveBack("req_2");
  expect(wishes.look()?.taken?.requestId).toBe("req_1");
  wishes.giveBack("req_1");
  expect(wishes.look()).toEqual(made);
  expect(wishes.take(taker([], "req_2"))).toBe("trace_of_req_2");
});

test("nobody takes one that was withdrawn, or waited too long; a new one takes the place of the last", () => {
  const clock = { now: 0 };
  const wishes = createTraceWishes({ now: () => clock.now });
  wishes.make("any");
  wishes.withdraw();
  expect(wishes.take(taker([]))).toBeUndefined();
  wishes.make("any");
  clock.now = wishMs;
  expect(wishes.take(taker([]))).toBeUndefined();
  wishes.make("any");
  wishes.make("key_1");
  expect(wishes.take(taker([]))).toBeUndefined();
});

test("any worker takes it, and all know which request did", async () => {
  const relay = createNoticeRelay(now);
  const [one, other] = [0, 1].map(() => {
    const { links } = createLinkPair();
    relay.join(links[1].lane("notices"));
    return createTraceWishes({ now, notices: createNotices(links[0].lane("notices"), now) });
  });
  one?.make("any");
  await expect.poll(() => other?.look()?.key).toBe("any");
  expect(other?.take(taker([]))).toBe("trace_of_req_1");
  await expect.poll(() => one?.look()?.taken?.requestId).toBe("req_1");
  expect(one?.take(taker([], "req_2"))).toBeUndefined();
  one?.withdraw();
  await expect.poll(() => other?.look()).toBeUndefined();
});
