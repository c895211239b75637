import { setImmediate as turn } from "node:timers/promises";

import { expect, test } from "vitest";

import { startRealTimer } from "../../src/stream/real-timer.ts";

/** Nothing of this process runs meanwhile. */
function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** What takes some passes of the event loop from where it is to who waits for it. */
async function arrive(): Promise<void> {
  for (let hop = 0; hop < 10; hop += 1) await turn();
}

test("what came while the process stood still comes before the end of a timer whose time is up", async () => {
  const seen: string[] = [];
  const expired = new Promise<void>((resolve) => {
    startRealTimer(20, () => {
      seen.push("expired");
      resolve();
    });
  });
  const arrival = arrive().then(() => seen.push("arrived"));
  standStill(100);
  await Promise.all([arrival, expired]);
  expect(seen).toEqual(["arrived", "expired"]);
});

test("and stops it, also behind its time", async () => {
  let expired = false;
  const stop = startRealTimer(20, () => (expired = true));
  const arrival = arrive().then(stop);
  standStill(100);
  await arrival;
  await new Promise<void>((resolve) => void startRealTimer(0, resolve));
  expect(expired).toBe(false);
});
