import { afterEach, describe, expect, test } from "vitest";

import type { Notice } from "../../../src/model/notices.ts";
import type {
  PostgresStores,
  PostgresStoresOptions,
} from "../../../src/store/postgres/open-postgres-stores.ts";
import { createTimers, type Timers } from "../../support/create-timers.ts";
import { openTestDatabase, type TestDatabase } from "../../support/postgres/open-test-database.ts";
import { startTcpProxy } from "../../support/postgres/start-tcp-proxy.ts";
import { openStores } from "./open-engine.ts";

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A gateway whose timers expire when the test says so. */
interface Stage {
  readonly stores: PostgresStores;
  readonly timers: Timers;
  /** Goes as that of the database does, but is another. `skip`: ms that pass at once. */
  readonly clock: { readonly now: () => number; readonly skip: (ms: number) => void };
  readonly heard: Notice[];
}

async function join(
  url: string,
  time = 1_000_000,
  more: Partial<PostgresStoresOptions> = {},
): Promise<Stage> {
  const timers = createTimers();
  let ahead = time - performance.now();
  const now = () => performance.now() + ahead;
  const clock = {
    now,
    skip(ms: number) {
      ahead += ms;
    },
  };
  const stores = await openStores(url, { startTimer: timers.start, now, ...more });
  cleanUps.push(() => stores.close());
  const heard: Notice[] = [];
  stores.notices.subscribe("rest", (notice) => void heard.push(notice));
  return { stores, timers, clock, heard };
}

function noticeOf({ clock }: Stage, key: string, value: unknown, forMs = 60_000): Notice {
  return { kind: "rest", key, value, until: clock.now() + forMs };
}

/** Lets time pass until that is so. */
async function pass(stages: readonly Stage[], isSo: () => unknown): Promise<void> {
  await expect
    .poll(async () => {
      for (const { timers } of stages) timers.expireAll();
      return isSo();
    })
    .toBe(true);
}

const valuesOf = ({ heard }: Stage) => heard.map(({ key, value }) => [key, value]);
const keptSql = "SELECT body::json->>1 AS key, body::json->>2 AS value FROM gateway.notices ORDER BY seq";

async function kept({ ask }: TestDatabase): Promise<readonly unknown[]> {
  return (await ask(keptSql)).map(({ key, value }) => [key, value]);
}

describe("gateways on one database", () => {
  test("hear what others publish, each notice once, and what is known when they come", async () => {
    const { url } = await openTestDatabase();
    const [one, two] = [await join(url), await join(url)];
    one.stores.notices.publish(noticeOf(one, "a", { deep: ["x"] }));
    one.stores.notices.publish({ ...noticeOf(one, "b", 2), kind: "other" });
    one.stores.notices.publish({ ...noticeOf(one, "c", 3), isLocal: true });
    await pass([one, two], () => two.heard.length > 0);
    const late = await join(url);
    expect(valuesOf(late)).toEqual([["a", { deep: ["x"] }]]);
    two.stores.notices.publish(noticeOf(two, "a", "newer"));
    await pass([one, two, late], () => one.heard.length + late.heard.length === 3);
    expect(valuesOf(one)).toEqual([["a", "newer"]]);
    expect(valuesOf(two)).toEqual([["a", { deep: ["x"] }]]);
  });

  test("processes of one gateway, which tell each other otherwise, don't hear each other here", async () => {
    const { url } = await openTestDatabase();
    const [one, two] = [await join(url, 0, { gateway: "g" }), await join(url, 0, { gateway: "g" })];
    const other = await join(url);
    one.stores.notices.publish(noticeOf(one, "a", 1));
    await pass([one, other], () => other.heard.length === 1);
    other.stores.notices.publish(noticeOf(other, "b", 2));
    await pass([one, two, other], () => one.heard.length + two.heard.length === 2);
    expect([valuesOf(one), valuesOf(two)]).toEqual([[["b", 2]], [["b", 2]]]);
  });

  test("clocks that differ make nothing longer or shorter", async () => {
    const { url } = await openTestDatabase();
    const hour = 3_600_000;
    const one = await join(url, 10 * hour);
    const others = [await join(url, hour), await join(url, 100 * hour)];
    one.stores.notices.publish(noticeOf(one, "a", 1));
    await pass([one, ...others], () => others.every(({ heard }) => heard.length === 1));
    for (const { heard, clock } of others) {
      const leftMs = (heard[0]?.until ?? 0) - clock.now();
      expect(leftMs).toBeLessThanOrEqual(60_000);
      // What passed on the way, of the minute that any test may take.
      expect(leftMs).toBeGreaterThan(0);
    }
  });

  test("of one thing only the newest is told, and what was learned before changes nothing", async () => {
    const database = await openTestDatabase();
    const [one, two] = [await join(database.url), await join(database.url)];
    one.stores.notices.publish(noticeOf(one, "a", 1, 1_000_000));
    one.stores.notices.publish(noticeOf(one, "a", 2, 1_000_000));
    one.clock.skip(100_000);
    // It has waited for longer than it takes others to learn better.
    two.stores.notices.publish(noticeOf(two, "a", "news"));
    two.stores.notices.publish(noticeOf(two, "b", "news"));
    await pass([two], () => !two.timers.running.includes(50));
    await expect
      .poll(() => kept(database))
      .toEqual([
        ["a", "news"],
        ["b", "news"],
      ]);
    one.stores.notices.publish(noticeOf(one, "c", 3));
    await pass([one, two], () => two.heard.some(({ key }) => key === "c"));
    expect(valuesOf(two)).toEqual([["c", 3]]);
    expect((await kept(database)).slice(0, 2)).toEqual([
      ["a", "news"],
      ["b", "news"],
    ]);
  });

  test("what is over is told to nobody, and goes; so does what is too long, or too much", async () => {
    const database = await openTestDatabase();
    const one = await join(database.url);
    one.stores.notices.publish(noticeOf(one, "over", 1));
    one.clock.skip(60_000);
    one.stores.notices.publish(noticeOf(one, "long", "x".repeat(10_000)));
    for (let count = 0; count < 1200; count += 1)
      one.stores.notices.publish(noticeOf(one, `n${count}`, count));
    await pass([one], () => !one.timers.running.includes(50) && !one.timers.running.includes(0));
    await expect
      .poll(async () => {
        one.timers.expireAll();
        return (await kept(database)).length;
      })
      .toBe(1000);
    expect((await kept(database))[0]).toEqual(["n200", "200"]);
    expect((await join(database.url)).heard).toHaveLength(1000);
    await database.ask("UPDATE gateway.notices SET until = 0");
    expect((await join(database.url)).heard).toEqual([]);
    one.stores.notices.publish(noticeOf(one, "last", 1));
    await expect
      .poll(async () => {
        one.timers.expireAll();
        return kept(database);
      })
      .toEqual([["last", "1"]]);
  });

  test("while the database is away nobody waits; when it is back, what is still worth knowing is told", async () => {
    const database = await openTestDatabase();
    const proxy = await startTcpProxy(database.server.port);
    cleanUps.push(async () => proxy[Symbol.asyncDispose]());
    const one = await join(database.server.url(database.name, proxy.port));
    const two = await join(database.url);
    proxy.cut();
    one.stores.notices.publish(noticeOf(one, "short", 1, 1000));
    one.stores.notices.publish(noticeOf(one, "long", 2));
    await pass([one], () => one.stores.isAway);
    one.clock.skip(1000);
    proxy.mend();
    await pass([one, two], () => two.heard.length > 0);
    expect(valuesOf(two)).toEqual([["long", 2]]);
  });

  test("a server that has crashed has forgotten them, and goes on with what is told then", async () => {
    const { url, ask } = await openTestDatabase();
    const [one, two] = [await join(url), await join(url)];
    one.stores.notices.publish(noticeOf(one, "a", 1));
    await pass([one, two], () => two.heard.length === 1);
    await ask("TRUNCATE gateway.notices");
    one.stores.notices.publish(noticeOf(one, "a", 2));
    await pass([one, two], () => two.heard.length === 2);
    expect(valuesOf(two)[1]).toEqual(["a", 2]);
  });
});
