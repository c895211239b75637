import { describe, expect, test } from "vitest";

import type { RunStore } from "../../../src/responses/run-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/postgres/open-test-database.ts";
import { runContract } from "../../store/contract/run-contract.ts";
import { recordWatch } from "../../store/open-store.ts";
import { openStores } from "./open-engine.ts";

let shared: Promise<TestDatabase> | undefined;

/** A database whose leases follow a clock that is put by what this resolves with. */
async function open(): Promise<TestDatabase> {
  const database = await openTestDatabase();
  const stores = await openStores(database.url, { startTimer: () => () => {} });
  await stores.close();
  await database.ask(`
    CREATE TABLE test_clock (at bigint NOT NULL);
    INSERT INTO test_clock VALUES (0);
    CREATE OR REPLACE FUNCTION gateway.clock_ms() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT at FROM public.test_clock'`);
  return database;
}

/** The store, whose every statement comes at the clock's time. */
function follow(runs: RunStore, putClock: () => Promise<unknown>): RunStore {
  const at = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    await putClock();
    return call();
  };
  return {
    leaseMs: runs.leaseMs,
    begin: (...args) => at(() => runs.begin(...args)),
    append: (...args) => at(() => runs.append(...args)),
    read: (...args) => at(() => runs.read(...args)),
    wish: (...args) => at(() => runs.wish(...args)),
    reap: (...args) => at(() => runs.reap(...args)),
    settle: (...args) => at(() => runs.settle(...args)),
    forget: (...args) => at(() => runs.forget(...args)),
    leave: (...args) => at(() => runs.leave(...args)),
  };
}

describe("runs in PostgreSQL", () =>
  runContract(async (now, bounds = {}) => {
    const { url, ask } = await (shared ??= open());
    await ask(
      "TRUNCATE gateway.runs, gateway.run_events, gateway.run_processes; UPDATE gateway.run_watch SET reaped_at = 0, steady_since = 0",
    );
    const [one, other] = await Promise.all(
      [1, 2].map(() => openStores(url, { startTimer: () => () => {}, runBounds: bounds })),
    );
    if (one === undefined || other === undefined) throw new Error("there are two");
    let put: { readonly at: number; readonly done: Promise<unknown> } | undefined;
    const putClock = () => {
      const at = now();
      if (put?.at !== at) put = { at, done: ask("UPDATE test_clock SET at = $1", [at]) };
      return put.done;
    };
    return {
      runs: follow(one.runs, putClock),
      elsewhere: follow(other.runs, putClock),
      async [Symbol.asyncDispose]() {
        await one.close();
        await other.close();
      },
    };
  }));

test("the operator is told, once a minute, why runs can't be shared", async () => {
  const { url, ask } = await openTestDatabase();
  const watch = recordWatch();
  const log = { ...watch.options.log, warn: watch.options.log.info };
  await using stores = await openStores(url, { log, now: watch.options.now, startTimer: () => () => {} });
  await ask("ALTER TABLE gateway.runs RENAME COLUMN beat TO other");
  for (let times = 0; times < 3; times += 1)
    await expect(stores.runs.begin("one", { id: "a", events: [] })).resolves.toBe(true);
  for (let times = 0; times < 3; times += 1)
    await expect(stores.runs.wish("a", "beat")).rejects.toMatchObject({ problem: "unavailable" });
  const told = { level: "error", text: "background responses can't be shared with other processes" };
  expect(watch.lines).toEqual([{ ...told, fields: { reason: 'column "beat" does not exist' } }]);
  watch.time += 60_000;
  await expect(stores.runs.wish("a", "beat")).rejects.toMatchObject({ problem: "unavailable" });
  expect(watch.lines).toHaveLength(2);
});
