import { getEventListeners } from "node:events";
import { expect, test } from "vitest";

import { limitTime } from "../../src/stream/limit-time.ts";
import { createTimers } from "../support/create-timers.ts";

test("aborts when the time is up, and says so", () => {
  const timers = createTimers();
  const limit = limitTime({ milliseconds: 500, startTimer: timers.start });
  expect([limit.signal.aborted, limit.expired, timers.running]).toEqual([false, false, [500]]);
  timers.expireAll();
  expect([limit.signal.aborted, limit.expired]).toEqual([true, true]);
});

test("aborts with its parent, for the parent's reason, which is no lack of time", () => {
  const parent = new AbortController();
  const limit = limitTime({ milliseconds: 500, startTimer: createTimers().start, parent: parent.signal });
  parent.abort("gone");
  expect([limit.signal.reason, limit.expired]).toEqual(["gone", false]);
});

test("is aborted from the start when its parent is", () => {
  const parent = AbortSignal.abort("gone");
  const limit = limitTime({ milliseconds: 500, startTimer: createTimers().start, parent });
  expect(limit.signal.reason).toBe("gone");
});

test("leaves neither a timer nor a listener behind once it is released", () => {
  const timers = createTimers();
  const parent = new AbortController();
  const limit = limitTime({ milliseconds: 500, startTimer: timers.start, parent: parent.signal });
  limit.release();
  expect([timers.running, getEventListeners(parent.signal, "abort")]).toEqual([[], []]);
});
