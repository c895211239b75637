import { inspect } from "node:util";
import { afterAll, afterEach, describe, expect, test } from "vitest";

import type {
  PostgresStores,
  PostgresStoresOptions,
} from "../../../src/store/postgres/open-postgres-stores.ts";
import { createTimers } from "../../support/create-timers.ts";
import { openTestDatabase, type TestDatabase } from "../../support/postgres/open-test-database.ts";
import {
  postgresPassword,
  type PostgresServer,
  startPostgres,
} from "../../support/postgres/start-postgres.ts";
import { startTcpProxy, type TcpProxy } from "../../support/postgres/start-tcp-proxy.ts";
import { limitOf, requestFor } from "../../store/contract/engine.ts";
import { midnight, row } from "../../store/contract/ledger-rows.ts";
import { recordWatch } from "../../store/open-store.ts";
import { openStores } from "./open-engine.ts";

/** The database behind a network that breaks, and stores whose timers expire when the test says so. */
interface Stage extends TestDatabase {
  readonly proxy: TcpProxy;
  readonly stores: PostgresStores;
  readonly timers: ReturnType<typeof createTimers>;
  /** In ms. */
  readonly clock: { time: number };
  readonly log: ReturnType<typeof recordWatch>;
}

/** A server that only these tests stop, and stores on it; started when it is first wanted. */
let ownServer: Promise<{ readonly server: PostgresServer; readonly stores: PostgresStores }> | undefined;

function serverOfItsOwn() {
  ownServer ??= (async () => {
    const server = await startPostgres();
    return { server, stores: await openStores((await openTestDatabase(server)).url) };
  })();
  return ownServer;
}

afterAll(async () => {
  if (ownServer === undefined) return;
  const { server, stores } = await ownServer;
  await stores.close();
  await server.close();
});

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function setStage(more: Partial<PostgresStoresOptions> = {}): Promise<Stage> {
  const database = await openTestDatabase();
  const proxy = await startTcpProxy(database.server.port);
  const timers = createTimers();
  const log = recordWatch();
  const clock = { time: 0 };
  const stores = await openStores(database.server.url(database.name, proxy.port), {
    startTimer: timers.start,
    now: () => clock.time,
    log: { ...log.options.log, warn: log.options.log.error },
    ...more,
  });
  cleanUps.push(
    async () => proxy[Symbol.asyncDispose](),
    () => stores.close(),
  );
  return { ...database, proxy, stores, timers, clock, log };
}

/** Looks for the database until it is there. */
async function comeBack({ stores, timers }: Stage): Promise<void> {
  const look = () => {
    timers.expireAll();
    return stores.isAway;
  };
  await expect.poll(look, { timeout: 20_000 }).toBe(false);
}

/** What is reserved, or (2) was cancelled and can't be any more. */
const holdsSql = "SELECT id, state FROM gateway.holds ORDER BY id";
const openHoldsSql = "SELECT id, state FROM gateway.holds WHERE state < 2 ORDER BY id";
const away = { name: "GatewayError", problem: "unavailable", kind: "overloaded" };

describe("a network that breaks", () => {
  test("all is refused at once, nobody connects but who looks for it; then what is owed is settled first", async () => {
    const stage = await setStage();
    const { proxy, stores, timers, log, ask } = stage;
    const limit = limitOf("budget", 100);
    const request = requestFor([[limit, 10]]);
    expect(await stores.limits.reserve(request)).toBeUndefined();
    stores.ledger.add(row("before", midnight));
    await stores.ledger.flush();

    proxy.cut();
    await expect(stores.limits.reserve(requestFor([[limit, 10]]))).rejects.toMatchObject(away);
    expect(stores.isAway).toBe(true);
    // Whoever looks for it has failed, and waits.
    await expect.poll(() => timers.running.includes(500)).toBe(true);
    const { tried } = proxy;
    stores.limits.settle(request.id, { tokens: 7, nanoUsd: 0 });
    stores.ledger.add(row("meanwhile", midnight));
    for (const refused of [
      () => stores.limits.reserve(requestFor([[limit, 10]])),
      () => stores.limits.look([limit]),
      () => stores.keys.find("digest"),
      () => stores.keys.list(),
      () => stores.ledger.list({ limit: 1 }),
      () => stores.responses.get("resp_1"),
      () => stores.limits.flush(),
    ])
      await expect(refused()).rejects.toMatchObject(away);
    expect(proxy.tried).toBe(tried);
    expect(log.lines.filter(({ text }) => text === "the database is away")).toHaveLength(1);

    proxy.mend();
    await comeBack(stage);
    // Nothing else has happened since.
    expect(await ask(openHoldsSql)).toEqual([]);
    expect(await stores.limits.look([limit])).toMatchObject([{ used: 7, held: 0 }]);
    expect(await stores.limits.reserve(requestFor([[limit, 93]]))).toBeUndefined();
    timers.expireAll();
    await stores.ledger.flush();
    const { rows } = await stores.ledger.list({ limit: 10 });
    expect(rows.map(({ id }) => id)).toEqual(["meanwhile", "before"]);
    expect(log.lines.filter(({ text }) => text === "the database is back")).toHaveLength(1);
    expect(inspect(log.lines, { depth: 9 })).not.toContain(postgresPassword);
  });

  test("nobody connects under load: connections are there from the start, and when the database is back", async () => {
    const stage = await setStage();
    const { proxy, stores } = stage;
    const limit = limitOf("budget", 1000);
    async function work(): Promise<void> {
      const requests = Array.from({ length: 5 }, () => requestFor([[limit, 10]]));
      const { tried } = proxy;
      await Promise.all([
        ...requests.map((request) => stores.limits.reserve(request)),
        stores.keys.find("digest"),
        stores.limits.look([limit]),
      ]);
      for (const { id } of requests) stores.limits.settle(id, { tokens: 1, nanoUsd: 0 });
      stores.ledger.add(row("one", midnight));
      await Promise.all([stores.limits.reserve(requestFor([[limit, 10]])), stores.limits.flush()]);
      expect(proxy.tried).toBe(tried);
    }
    // What is large has connections of its own, which are made when it is asked.
    await stores.keys.list();
    await work();
    proxy.cut();
    await expect(stores.limits.reserve(requestFor([[limit, 10]]))).rejects.toMatchObject(away);
    proxy.mend();
    await comeBack(stage);
    await stores.keys.list();
    await work();
  });

  test.each(["serve", "refuse"] as const)(
    "a key that was used is known by its id as it is by its digest: %s",
    async (onFailure) => {
      const { proxy, stores } = await setStage({ onFailure });
      const key = { id: "key_used", name: "used", hint: "used", createdAt: 0 };
      await stores.keys.create(key, "digest of used");
      const lineage = { key, ancestors: [] };
      const asked = [() => stores.keys.find("digest of used"), () => stores.keys.get(key.id)];
      for (const ask of asked) expect(await ask()).toEqual(lineage);
      proxy.cut();
      await expect(stores.keys.find("digest of another")).rejects.toMatchObject(away);
      for (const ask of asked) {
        if (onFailure === "serve") expect(await ask()).toEqual(lineage);
        else await expect(ask()).rejects.toMatchObject(away);
      }
      await expect(stores.keys.get("key_unused")).rejects.toMatchObject(away);
    },
  );

  test("rows of the ledger that find no room while it lasts are told, once and when it is over", async () => {
    const stage = await setStage({ ledgerWaiting: 2 });
    const { proxy, stores, log } = stage;
    proxy.cut();
    await expect(stores.keys.find("digest")).rejects.toMatchObject(away);
    for (const id of ["1", "2", "3", "4"]) stores.ledger.add(row(id, midnight));
    expect(stores.ledger.dropped).toBe(2);
    const ofLedger = () => log.lines.filter(({ text }) => text.includes("ledger"));
    expect(ofLedger()).toMatchObject([
      {
        level: "error",
        fields: { problem: "queue-full", dropped: 1 },
        text: "requests could not be noted in the ledger",
      },
    ]);
    proxy.mend();
    await comeBack(stage);
    await stores.ledger.flush();
    expect(ofLedger().slice(1)).toEqual([
      { level: "info", fields: { dropped: 1 }, text: "requests are noted in the ledger again" },
    ]);
    expect((await stores.ledger.list({ limit: 10 })).rows.map(({ id }) => id)).toEqual(["2", "1"]);
  });

  test("what is owed when a gateway ends is told, and nothing of it goes on", async () => {
    const { proxy, stores, timers, log } = await setStage({ onFailure: "serve" });
    const limit = limitOf("budget", 2000);
    proxy.cut();
    await expect(stores.keys.find("digest")).rejects.toMatchObject(away);
    // The database knows nothing of it, and it is not settled.
    expect(await stores.limits.reserve(requestFor([[limit, 10]]))).toBeUndefined();
    for (const id of ["1", "2"]) stores.ledger.add(row(id, midnight));
    await stores.close();
    expect(log.lines.at(-1)).toMatchObject({
      level: "error",
      fields: { waiting: 1, dropped: 2 },
      text: "the database was not told all at the end",
    });
    expect(timers.running).toEqual([]);
    // Whoever waits for rows does not wait for those.
    await stores.ledger.flush();
  });

  test("an answer that is lost: what came to be of the reservation is given back", async () => {
    const stage = await setStage();
    const { proxy, stores, ask } = stage;
    const limit = limitOf("budget", 100);
    proxy.freeze("answers");
    await expect(stores.limits.reserve(requestFor([[limit, 10]]))).rejects.toMatchObject(away);
    expect(await ask(holdsSql)).toMatchObject([{ state: 0 }]);
    proxy.mend();
    await comeBack(stage);
    await stores.limits.flush();
    expect(await stores.limits.look([limit])).toMatchObject([{ used: 0, held: 0 }]);
    expect(await ask(holdsSql)).toEqual([]);
  });

  test("a question that arrives when it is given up: it can't come to be any more", async () => {
    const stage = await setStage();
    const { proxy, stores, ask } = stage;
    const limit = limitOf("budget", 100);
    proxy.freeze("all");
    const request = requestFor([[limit, 10]]);
    await expect(stores.limits.reserve(request)).rejects.toMatchObject(away);
    expect(await ask(holdsSql)).toEqual([]);
    proxy.mend();
    await comeBack(stage);
    await stores.limits.flush();
    expect(await ask(holdsSql)).toEqual([{ id: request.id, state: 2 }]);
    proxy.thaw();
    // It has arrived when nobody of the old connections is left.
    await expect
      .poll(() =>
        ask("SELECT FROM pg_stat_activity WHERE query LIKE '%gateway.reserve%' AND pid <> pg_backend_pid()"),
      )
      .toEqual([]);
    expect(await ask(holdsSql)).toEqual([{ id: request.id, state: 2 }]);
    expect(await stores.limits.look([limit])).toMatchObject([{ used: 0, held: 0 }]);
  });

  test("settlements wait in a number that is bounded: at the bound nothing more is reserved, and none is lost", async () => {
    const stage = await setStage({ settlesWaiting: 3 });
    const { proxy, stores } = stage;
    const limit = limitOf("budget", 100);
    const requests = [1, 2, 3, 4].map(() => requestFor([[limit, 10]]));
    for (const request of requests) expect(await stores.limits.reserve(request)).toBeUndefined();
    proxy.cut();
    await expect(stores.keys.find("digest")).rejects.toMatchObject(away);
    for (const [index, { id }] of requests.entries()) {
      const problem = index < 3 ? "unavailable" : "queue-full";
      await expect(stores.limits.reserve(requestFor([[limit, 10]]))).rejects.toMatchObject({ problem });
      stores.limits.settle(id, { tokens: 11, nanoUsd: 0 });
    }
    proxy.mend();
    await comeBack(stage);
    expect(await stores.limits.look([limit])).toMatchObject([{ used: 44, held: 0 }]);
    expect(await stores.limits.reserve(requestFor([[limit, 10]]))).toBeUndefined();
  });

  test.each([
    { onFailure: "serve", known: "is known" },
    { onFailure: "refuse", known: "is refused" },
  ] as const)("a key that was known $known while it lasts, by the rule $onFailure", async ({ onFailure }) => {
    const { proxy, stores, clock } = await setStage({ onFailure });
    const key = { id: "key_1", name: "a", hint: "wxyz", createdAt: 5 };
    await stores.keys.create(key, "digest");
    expect(await stores.keys.find("digest")).toEqual({ key, ancestors: [] });
    proxy.cut();
    clock.time = 999;
    expect(await stores.keys.find("digest")).toEqual({ key, ancestors: [] });
    clock.time = 1000;
    const found = stores.keys.find("digest");
    if (onFailure === "serve") expect(await found).toEqual({ key, ancestors: [] });
    else await expect(found).rejects.toMatchObject(away);
    await expect(stores.keys.find("other")).rejects.toMatchObject(away);
    expect(stores.keys.isEmpty).toBe(false);
  });

  test("by the rule serve each process lets pass what fits into its share, and all is charged afterwards", async () => {
    const stage = await setStage({ onFailure: "serve" });
    const { proxy, stores, timers, ask, url } = stage;
    await using _other = await openStores(url);
    // Else the minute may end in which a rate is looked at.
    await ask(
      "CREATE OR REPLACE FUNCTION gateway.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT 1795608000000'",
    );
    // Learns of the other one.
    timers.expireAll();
    await expect.poll(() => stores.processes).toBe(2);
    const shares = [
      [limitOf("rate", 20), 10],
      [limitOf("budget", 2000), 10],
      [limitOf("concurrency", 21), 10],
      [limitOf("budget", 1_000_000, { unit: "nano-usd" }), 0],
    ] as const;
    const before = requestFor(shares.map(([limit]) => [limit, 1]));
    expect(await stores.limits.reserve(before)).toBeUndefined();
    proxy.cut();
    await expect(stores.keys.find("digest")).rejects.toMatchObject(away);
    const passed: string[] = [];
    for (const [limit, share] of shares) {
      for (let count = 0; count < share; count += 1) {
        const request = requestFor([[limit, 1]]);
        expect(await stores.limits.reserve(request)).toBeUndefined();
        passed.push(request.id);
      }
      await expect(stores.limits.reserve(requestFor([[limit, 1]]))).rejects.toMatchObject(away);
    }
    // Half of them end while it lasts. Those at once make room.
    const [open, ended] = [passed.slice(15), passed.slice(0, 15)];
    for (const id of [before.id, ...ended, ...ended]) stores.limits.settle(id, { tokens: 3, nanoUsd: 5 });
    const atOnce = shares[2][0];
    stores.limits.settle(open.pop() ?? "", { tokens: 3, nanoUsd: 5 });
    const late = requestFor([[atOnce, 1]]);
    expect(await stores.limits.reserve(late)).toBeUndefined();

    proxy.mend();
    await comeBack(stage);
    await stores.limits.flush();
    const states = await stores.limits.look(shares.map(([limit]) => limit));
    expect(states.map(({ used, held }) => [used, held])).toEqual([
      [33, 0],
      [18, 5],
      [0, 10],
      [5, 0],
    ]);
    for (const id of [late.id, ...open]) stores.limits.settle(id, { tokens: 3, nanoUsd: 5 });
    await stores.limits.flush();
    const after = await stores.limits.look(shares.map(([limit]) => limit));
    expect(after.map(({ used, held }) => [used, held])).toEqual([
      [33, 0],
      [33, 0],
      [0, 0],
      [5, 0],
    ]);
    expect(await ask(openHoldsSql)).toEqual([]);
  });

  test("what was let pass is charged once, even if it is told twice", async () => {
    const stage = await setStage({ onFailure: "serve" });
    const { proxy, stores, ask } = stage;
    const limit = limitOf("budget", 2000);
    proxy.cut();
    await expect(stores.keys.find("digest")).rejects.toMatchObject(away);
    const request = requestFor([[limit, 10]]);
    expect(await stores.limits.reserve(request)).toBeUndefined();
    // It is told, and the answer is lost.
    proxy.loseAnswerTo("gateway.reserve");
    proxy.mend();
    await comeBack(stage);
    expect(await ask(openHoldsSql)).toEqual([{ id: request.id, state: 0 }]);
    expect(await stores.limits.look([limit])).toMatchObject([{ used: 0, held: 10 }]);
    stores.limits.settle(request.id, { tokens: 9, nanoUsd: 0 });
    await stores.limits.flush();
    expect(await stores.limits.look([limit])).toMatchObject([{ used: 9, held: 0 }]);
  });

  test("nobody is taken for dead before all had the time of a lease to come back", async () => {
    const leaseMs = 5000;
    const stage = await setStage({ leaseMs });
    const { proxy, stores, timers, clock, ask, url } = stage;
    await ask(`
      CREATE TABLE public.test_clock AS SELECT gateway.clock_ms() AS at;
      CREATE OR REPLACE FUNCTION gateway.clock_ms() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT at FROM public.test_clock'`);
    const sleeper = await openStores(url, { startTimer: () => () => {}, leaseMs });
    cleanUps.push(() => sleeper.close());
    const limit = limitOf("budget", 100);
    const request = requestFor([[limit, 10]]);
    expect(await sleeper.limits.reserve(request)).toBeUndefined();
    const beats = async () => {
      timers.expireAll();
      await expect.poll(() => timers.running.includes(leaseMs / 5)).toBe(true);
    };

    clock.time += leaseMs;
    await beats();
    proxy.cut();
    await expect(stores.limits.look([limit])).rejects.toMatchObject(away);
    await expect(stores.limits.reserve(requestFor([[limit, 1]]))).rejects.toMatchObject(away);
    // So long was it away that nobody's lease is left.
    await ask("UPDATE public.test_clock SET at = at + 60000");
    clock.time += 60_000;
    proxy.mend();
    await comeBack(stage);
    await beats();
    clock.time += leaseMs - 1;
    await beats();
    expect(await ask(holdsSql)).toEqual([{ id: request.id, state: 0 }]);
    clock.time += 1;
    await beats();
    expect(await ask(holdsSql)).toEqual([{ id: request.id, state: 1 }]);
    expect(await stores.limits.look([limit])).toMatchObject([{ used: 0, held: 0 }]);
    // The other has only slept: what it has to settle is charged, once.
    for (const tokens of [12, 12]) {
      sleeper.limits.settle(request.id, { tokens, nanoUsd: 0 });
      await sleeper.limits.flush();
    }
    expect(await stores.limits.look([limit])).toMatchObject([{ used: 12, held: 0 }]);
    expect(await ask(holdsSql)).toEqual([]);
  });
});

test.each(["immediate", "fast"] as const)(
  "a server that stops (%s) and starts again: nothing that was told is lost",
  async (how) => {
    const { server, stores } = await serverOfItsOwn();
    const limit = limitOf("budget", 1_000_000);
    const requests = Array.from({ length: 200 }, () => requestFor([[limit, 10]]));
    const asked = Promise.allSettled(requests.map((request) => stores.limits.reserve(request)));
    await stores.limits.reserve(requestFor([[limit, 0]]));
    const stopped = server.stop(how);
    const answers = await asked;
    await stopped;
    for (const [index, { id }] of requests.entries())
      if (answers[index]?.status === "fulfilled") stores.limits.settle(id, { tokens: 3, nanoUsd: 0 });
    await expect(stores.limits.reserve(requestFor([[limit, 10]]))).rejects.toMatchObject(away);
    await server.start();
    await expect.poll(() => stores.isAway, { timeout: 20_000 }).toBe(false);
    await stores.limits.flush();
    const passed = answers.filter(({ status }) => status === "fulfilled").length;
    expect(await stores.limits.look([limit])).toMatchObject([{ used: passed * 3, held: 0 }]);
  },
);
