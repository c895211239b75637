import { setImmediate as turn } from "node:timers/promises";

import { expect, test } from "vitest";

import { startTickTimer } from "./start-tick-timer.ts";

test("what was there when a machine stood still comes before the end of the timer", async () => {
  const seen: string[] = [];
  const expired = new Promise<void>((resolve) => {
    startTickTimer(100, () => {
      seen.push("expired");
      resolve();
    });
  });
  // What hops through the event loop, while nothing of it runs for longer than the timer.
  const hops = (async () => {
    for (let hop = 0; hop < 5; hop += 1) await turn();
    seen.push("arrived");
  })();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
  await Promise.all([hops, expired]);
  expect(seen).toEqual(["arrived", "expired"]);
});

test("one that is stopped never expires", async () => {
  let expired = false;
  startTickTimer(0, () => (expired = true))();
  await new Promise<void>((resolve) => void startTickTimer(0, resolve));
  expect(expired).toBe(false);
});
