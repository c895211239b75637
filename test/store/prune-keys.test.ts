import { afterEach, expect, test, vi } from "vitest";

import { createMemoryStores } from "../../src/store/open-stores.ts";
import { pruneKeys } from "../../src/store/prune-keys.ts";
import { createTimers } from "../support/create-timers.ts";
import { createClock } from "./contract/engine.ts";
import { keyOf } from "./contract/key-contract.ts";
import { recordWatch } from "./open-store.ts";

const day = 86_400_000;
afterEach(() => void vi.useRealTimers());

/** All that waits for a promise has gone on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test.each([
  { ledgerDays: 30, days: 90 },
  { ledgerDays: 0, days: 90 },
  { ledgerDays: 365, days: 365 },
])(
  "keys are kept for $days days after their end where the ledger is for $ledgerDays",
  async ({ ledgerDays, days }) => {
    const clock = createClock();
    const timers = createTimers();
    const asked: number[] = [];
    const forgotten: (readonly string[])[] = [];
    const stop = pruneKeys({
      keys: {
        async prune(endedBefore) {
          asked.push(endedBefore);
          return asked.length === 1 ? ["key_a.concurrency"] : [];
        },
      },
      limits: { forget: async (ids) => void forgotten.push(ids) },
      ledgerDays,
      now: clock.now,
      startTimer: timers.start,
    });
    expect([asked, timers.running]).toEqual([[], [60_000]]);
    timers.expireAll();
    await turn();
    expect([asked, timers.running]).toEqual([[clock.time - days * day], [3_600_000]]);
    timers.expireAll();
    await turn();
    expect([asked.length, forgotten]).toEqual([2, [["key_a.concurrency"]]]);
    stop();
    expect(timers.running).toEqual([]);
  },
);

test("what fails is told, and tried again an hour later", async () => {
  const timers = createTimers();
  const watch = recordWatch();
  pruneKeys({
    ...watch.options,
    keys: { prune: () => Promise.reject(new Error("away")) },
    limits: { forget: async () => {} },
    ledgerDays: 30,
    startTimer: timers.start,
  });
  timers.expireAll();
  await turn();
  expect(watch.lines).toMatchObject([
    { level: "error", text: "keys that ended long ago could not be forgotten" },
  ]);
  expect(timers.running).toEqual([3_600_000]);
});

test("stores do it by themselves, until they are closed", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { time, now } = createClock();
  const stores = createMemoryStores({ STORED_RESPONSES: 10, LEDGER_DAYS: 30 }, { now });
  const living = keyOf();
  await stores.keys.create(living, "living");
  await stores.keys.create(keyOf({ parent: living.id, expiresAt: time - 91 * day }), "ended");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await stores.keys.list()).toEqual([living]);
  await stores.close();
  const late = keyOf({ parent: living.id, expiresAt: time - 91 * day });
  await stores.keys.create(late, "late");
  await vi.advanceTimersByTimeAsync(7_200_000);
  expect((await stores.keys.list()).length).toBe(2);
});
