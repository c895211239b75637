import { expect, test } from "vitest";

import { connectStores } from "../../../src/store/remote/connect-stores.ts";
import { createStoreHost } from "../../../src/store/remote/create-store-host.ts";
import { StoreError, type StoredResponse } from "../../../src/store/response-store.ts";
import type { Stores } from "../../../src/store/stores.ts";
import type { StartTimer } from "../../../src/stream/with-idle-timeout.ts";
import { createLinkPair } from "../../support/link-pair.ts";
import { createClock, limitOf, requestFor } from "../contract/engine.ts";
import { keyOf } from "../contract/key-contract.ts";
import { midnight, row } from "../contract/ledger-rows.ts";
import { createMemoryStores } from "./memory-stores.ts";

/** A host, to which any number of others connect. */
function startHost(change: (stores: Stores) => Partial<Stores> = () => ({})) {
  const clock = createClock();
  const memory = createMemoryStores(clock.now);
  const stores = { ...memory, ...change(memory) };
  const logged: [object, string][] = [];
  const timers: (() => void)[] = [];
  const startTimer: StartTimer = (_ms, expire) => {
    timers.push(expire);
    return () => {};
  };
  const log = { error: (fields: object, text: string) => void logged.push([fields, text]) };
  const host = createStoreHost(stores, { log, startTimer });
  return {
    clock,
    stores,
    logged,
    /** A second goes by. */
    tick: () => timers.shift()?.(),
    connect: async (options: { readonly mostRows?: number } = {}) => {
      const pair = createLinkPair();
      host.serve(pair.links[1].lane("stores"));
      const guest = connectStores(pair.links[0].lane("stores"), {
        process: "guest",
        now: clock.now,
        ...options,
      });
      await guest.ready;
      return Object.assign(guest, { die: pair.close });
    },
  };
}

/** Resolves when all that was sent so far has come and was answered. */
async function turns(): Promise<void> {
  for (let count = 0; count < 6; count += 1) await new Promise(setImmediate);
}

const responseOf = (id: string, status: string): StoredResponse => ({
  id,
  previousId: undefined,
  createdAt: 1,
  response: { id, status, background: true },
  inputItems: [],
});

test("three processes, 200 requests against a budget for 50: exactly 50", async () => {
  const { connect, stores } = startHost();
  const guests = [await connect(), await connect(), await connect()];
  const limit = limitOf("budget", 500);
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      (guests[index % 3] ?? expect.unreachable()).limits.reserve(requestFor([[limit, 10]])),
    ),
  );
  expect(answers.filter((refusal) => refusal === undefined)).toHaveLength(50);
  expect(await stores.limits.look([limit])).toMatchObject([{ used: 0, held: 500 }]);
});

test("what a process had reserved is given back when it dies, and what it had settled stays", async () => {
  const { connect, stores } = startHost();
  const [dying, other] = [await connect(), await connect()];
  const limit = limitOf("budget", 100);
  const [first, second, third] = [10, 20, 30].map((amount) => requestFor([[limit, amount]]));
  if (first === undefined || second === undefined || third === undefined) throw new Error("no requests");
  await dying.limits.reserve(first);
  await dying.limits.reserve(second);
  await other.limits.reserve(third);
  dying.limits.settle(first.id, { tokens: 7, nanoUsd: 0 });
  await dying.limits.flush();
  dying.die();
  expect(await stores.limits.look([limit])).toMatchObject([{ used: 7, held: 30 }]);
  await expect(dying.limits.reserve(requestFor([[limit, 1]]))).rejects.toMatchObject({
    problem: "unavailable",
  });
});

test("what is granted to a process that died meanwhile is given back", async () => {
  let grant: (() => void) | undefined;
  const asked = new Promise<void>((resolve) => {
    grant = resolve;
  });
  const { connect, stores } = startHost(({ limits }) => ({
    limits: {
      ...limits,
      async reserve(reservation) {
        const refusal = await limits.reserve(reservation);
        await asked;
        return refusal;
      },
    },
  }));
  const dying = await connect();
  const limit = limitOf("concurrency", 5);
  const answer = dying.limits.reserve(requestFor([[limit, 1]]));
  await turns();
  dying.die();
  await expect(answer).rejects.toBeInstanceOf(StoreError);
  expect(await stores.limits.look([limit])).toMatchObject([{ held: 1 }]);
  grant?.();
  await turns();
  expect(await stores.limits.look([limit])).toMatchObject([{ held: 0 }]);
});

test("background responses of a process that died have failed; those that had ended stay", async () => {
  const { connect } = startHost();
  const [dying, other] = [await connect(), await connect()];
  await dying.responses.put(responseOf("resp_running", "queued"));
  await dying.responses.put(responseOf("resp_done", "queued"));
  await dying.responses.put(responseOf("resp_done", "completed"));
  await dying.responses.put(responseOf("resp_deleted", "queued"));
  await dying.responses.delete("resp_deleted");
  await other.responses.put(responseOf("resp_other", "in_progress"));
  dying.die();
  await turns();
  expect((await other.responses.get("resp_running"))?.response).toMatchObject({
    status: "failed",
    error: { code: "server_error", message: expect.stringContaining("Ask again") },
  });
  expect((await other.responses.get("resp_done"))?.response).toMatchObject({ status: "completed" });
  expect(await other.responses.get("resp_deleted")).toBeUndefined();
  expect((await other.responses.get("resp_other"))?.response).toMatchObject({ status: "in_progress" });
});

test("a key is asked for once, until it changes: then all have it as it is when the change is answered", async () => {
  let finds = 0;
  const { connect } = startHost(({ keys }) => ({
    keys: {
      ...keys,
      get isEmpty() {
        return keys.isEmpty;
      },
      find(digest) {
        finds += 1;
        return keys.find(digest);
      },
    },
  }));
  const [one, other] = [await connect(), await connect()];
  expect(one.keys.isEmpty).toBe(true);
  const key = keyOf();
  await other.keys.create(key, "digest");
  await turns();
  expect(one.keys.isEmpty).toBe(false);
  for (const keys of [one.keys, one.keys, other.keys, one.keys])
    expect((await keys.find("digest"))?.key).toEqual(key);
  expect(finds).toBe(2);
  await other.keys.change(key.id, { revokedAt: 5 });
  expect((await other.keys.find("digest"))?.key.revokedAt).toBe(5);
  await new Promise(setImmediate);
  expect((await one.keys.find("digest"))?.key.revokedAt).toBe(5);
});

test("a key that changes while it is on its way is not remembered as it was", async () => {
  let release: (() => void) | undefined;
  const { connect } = startHost(({ keys }) => ({
    keys: {
      ...keys,
      isEmpty: false,
      async find(digest) {
        const lineage = await keys.find(digest);
        if (release === undefined)
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        return lineage;
      },
    },
  }));
  const { keys } = await connect();
  const key = keyOf();
  await keys.create(key, "digest");
  const old = keys.find("digest");
  await turns();
  await keys.change(key.id, { revokedAt: 5 });
  release?.();
  expect((await old)?.key.revokedAt).toBeUndefined();
  expect((await keys.find("digest"))?.key.revokedAt).toBe(5);
});

test("what another program does to the keys is seen within a second", async () => {
  const { connect, stores, tick, clock } = startHost();
  const { keys } = await connect();
  const key = keyOf();
  await stores.keys.create(key, "digest");
  tick();
  await turns();
  expect(keys.isEmpty).toBe(false);
  expect((await keys.find("digest"))?.key.revokedAt).toBeUndefined();
  await stores.keys.change(key.id, { revokedAt: 5 });
  clock.time += 1000;
  expect((await keys.find("digest"))?.key.revokedAt).toBe(5);
});

test("an error of a store crosses as what it is; of any other nothing does, and the log has it", async () => {
  const full = new StoreError("disk-full", new Error("secret"));
  const broken = new Error("a secret");
  const { connect, logged } = startHost(({ responses, keys }) => ({
    responses: { ...responses, put: () => Promise.reject(full) },
    keys: { ...keys, isEmpty: false, list: () => Promise.reject(broken) },
  }));
  const { responses, keys } = await connect();
  const failure: unknown = await responses
    .put(responseOf("resp_1", "completed"))
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StoreError);
  expect(failure).toMatchObject({ problem: "disk-full", kind: "overloaded", message: full.message });
  expect(responses.problem).toBe("disk-full");
  const other: unknown = await keys.list().catch((error: unknown) => error);
  expect(other).toMatchObject({ problem: "unavailable" });
  expect(String(other)).not.toContain("secret");
  expect(logged).toEqual([[{ err: broken }, "a store failed for another process"]]);
});

test("rows on their way are bounded: what comes then is dropped and counted, and room comes back", async () => {
  const { connect, stores } = startHost();
  const { ledger } = await connect({ mostRows: 200 });
  const add = (count: number) => {
    for (let index = 0; index < count; index += 1) ledger.add(row(`${index}`, midnight));
  };
  add(250);
  expect(ledger.dropped).toBe(50);
  await turns();
  add(200);
  expect(ledger.dropped).toBe(50);
  await ledger.flush();
  const count = await stores.ledger.list({ limit: 1000 });
  expect(count.rows.length + ledger.dropped).toBe(450);
});

test("calls on their way are bounded, too", async () => {
  const { connect } = startHost();
  const { responses } = await connect();
  const puts = Array.from({ length: 257 }, (_, index) =>
    responses.put(responseOf(`resp_${index}`, "completed")),
  );
  const outcomes = await Promise.allSettled(puts);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(256);
  expect(outcomes.at(-1)).toMatchObject({ status: "rejected", reason: { problem: "queue-full" } });
});
