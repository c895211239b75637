import { afterAll, beforeAll, expect, test } from "vitest";

import type { PostgresStores } from "../../../src/store/postgres/open-postgres-stores.ts";
import { createTimers } from "../../support/create-timers.ts";
import { holdTable } from "../../support/postgres/hold-table.ts";
import { openTestDatabase, type TestDatabase } from "../../support/postgres/open-test-database.ts";
import { limitOf, requestFor } from "../../store/contract/engine.ts";
import { recordWatch } from "../../store/open-store.ts";
import { openStores } from "./open-engine.ts";

let database: TestDatabase;
let stores: PostgresStores;

beforeAll(async () => {
  database = await openTestDatabase();
  stores = await openStores(database.url);
  // To start a server takes long where much else goes on.
}, 60_000);
afterAll(() => stores.close());

test.each([NaN, Infinity, -1, 0.5, 1e300])(
  "%d, which is no whole number, spoils nothing of what is told together with it",
  async (figure) => {
    const [good, odd] = [limitOf("budget", 1000), limitOf("budget", 100)];
    const [request, spoiled] = [requestFor([[good, 10]]), requestFor([[odd, 1]])];
    const answers = await Promise.all([
      stores.limits.reserve(request),
      stores.limits.reserve(spoiled),
      stores.limits.reserve(requestFor([[{ ...odd, cap: figure }, figure]])),
    ]);
    expect(answers.slice(0, 2)).toEqual([undefined, undefined]);
    stores.limits.settle(request.id, { tokens: 12, nanoUsd: 0 });
    stores.limits.settle(spoiled.id, { tokens: figure, nanoUsd: figure });
    await stores.limits.flush();
    expect(await stores.limits.look([good])).toMatchObject([{ used: 12, held: 0 }]);
  },
);

test("a statement that is held up is refused, and nothing comes of it when it could go on", async () => {
  const limit = limitOf("budget", 1000);
  expect(await stores.limits.reserve(requestFor([[limit, 1]]))).toBeUndefined();
  const release = await holdTable(database.url, "gateway.counters");
  await expect(stores.limits.reserve(requestFor([[limit, 1]]))).rejects.toMatchObject({
    problem: "unavailable",
  });
  expect(stores.isAway).toBe(false);
  await release();
  expect(await stores.limits.look([limit])).toMatchObject([{ used: 0, held: 1 }]);
});

test("what can't be settled is tried again, and told once a minute", async () => {
  const { url, ask } = await openTestDatabase();
  const timers = createTimers();
  const watch = recordWatch();
  const { log, now } = watch.options;
  await using own = await openStores(url, { startTimer: timers.start, now, log: { ...log, warn: log.info } });
  const limit = limitOf("budget", 1000);
  const request = requestFor([[limit, 10]]);
  expect(await own.limits.reserve(request)).toBeUndefined();
  await ask("ALTER TABLE gateway.holds RENAME COLUMN amounts TO other");
  own.limits.settle(request.id, { tokens: 7, nanoUsd: 0 });
  const failed = async () => {
    timers.expireAll();
    await expect.poll(() => timers.running.includes(250)).toBe(true);
  };
  for (let times = 0; times < 3; times += 1) await failed();
  const told = () => watch.lines.filter(({ text }) => text.startsWith("what requests have cost")).length;
  expect(told()).toBe(1);
  watch.time += 60_000;
  await failed();
  expect(told()).toBe(2);
  await ask("ALTER TABLE gateway.holds RENAME COLUMN other TO amounts");
  await own.limits.flush();
  expect(await own.limits.look([limit])).toMatchObject([{ used: 7, held: 0 }]);
});

test("keys that were made meanwhile are not forgotten by a look that began before", async () => {
  await using other = await openStores(database.url);
  expect(other.keys.isEmpty).toBe(true);
  await stores.keys.create({ id: "key_1", name: "a", hint: "wxyz", createdAt: 5 }, "digest");
  expect(stores.keys.isEmpty).toBe(false);
  // Another process hears of it by its next beat.
  await expect.poll(() => other.keys.isEmpty, { timeout: 20_000 }).toBe(false);
});

test("what comes while something is settled is gathered again, so that reservations come in between", async () => {
  const { url, ask } = await openTestDatabase();
  const timers = createTimers();
  await using own = await openStores(url, { startTimer: timers.start });
  const limit = limitOf("budget", 1000);
  const requests = [requestFor([[limit, 1]]), requestFor([[limit, 2]])] as const;
  for (const request of requests) expect(await own.limits.reserve(request)).toBeUndefined();
  const [first, second] = requests;
  own.limits.settle(first.id, { tokens: 10, nanoUsd: 0 });
  timers.expireAll();
  own.limits.settle(second.id, { tokens: 20, nanoUsd: 0 });
  await expect.poll(() => timers.running).toContain(5);
  expect(await ask("SELECT id FROM gateway.holds")).toEqual([{ id: second.id }]);
  timers.expireAll();
  await expect.poll(() => ask("SELECT id FROM gateway.holds")).toEqual([]);
  expect(await own.limits.look([limit])).toMatchObject([{ used: 30, held: 0 }]);
});

test("reservations are looked up by their index, however small their table seems", async () => {
  const { url, ask } = await openTestDatabase();
  // Without leases, which look at all of them.
  const own = await openStores(url, { startTimer: () => () => {} });
  const limit = limitOf("budget", 1000);
  // After five times PostgreSQL goes by the plan that it has.
  for (let count = 0; count < 8; count += 1) {
    const request = requestFor([[limit, 1]]);
    expect(await own.limits.reserve(request)).toBeUndefined();
    own.limits.settle(request.id, { tokens: 1, nanoUsd: 0 });
    await own.limits.flush();
  }
  await own.close();
  const scans = () =>
    ask(
      "SELECT relname, seq_scan, idx_scan > 0 AS by_index FROM pg_stat_user_tables WHERE relname IN ('counters', 'holds') ORDER BY 1",
    );
  // A connection tells what it did when it ends. One scan of each is that of its index, which is made.
  await expect.poll(scans).toEqual([
    { relname: "counters", seq_scan: "1", by_index: true },
    { relname: "holds", seq_scan: "1", by_index: true },
  ]);
});
