import { describe, expect, test } from "vitest";

import type { ConversationStore } from "../../../src/responses/conversation-store.ts";
import { conversationContract } from "../../store/contract/conversation-contract.ts";
import { openTestDatabase, type TestDatabase } from "../../support/postgres/open-test-database.ts";
import { openStores } from "./open-engine.ts";

let shared: Promise<TestDatabase> | undefined;

/** A database whose leases follow a clock that is put by who asks. */
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
function follow(store: ConversationStore, putClock: () => Promise<unknown>): ConversationStore {
  const at = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    await putClock();
    return call();
  };
  return {
    leaseMs: store.leaseMs,
    create: (...of) => at(() => store.create(...of)),
    get: (...of) => at(() => store.get(...of)),
    read: (...of) => at(() => store.read(...of)),
    setMetadata: (...of) => at(() => store.setMetadata(...of)),
    delete: (...of) => at(() => store.delete(...of)),
    add: (...of) => at(() => store.add(...of)),
    remove: (...of) => at(() => store.remove(...of)),
    lock: (...of) => at(() => store.lock(...of)),
    unlock: (...of) => at(() => store.unlock(...of)),
  };
}

describe("conversations in PostgreSQL", () => {
  conversationContract(async (now, { capacity, leaseMs }) => {
    const { url, ask } = await (shared ??= open());
    await ask("TRUNCATE gateway.conversations CASCADE");
    const options = { startTimer: () => () => {}, storedResponses: capacity, holdMs: leaseMs };
    const [one, other] = await Promise.all([openStores(url, options), openStores(url, options)]);
    const putClock = () => ask("UPDATE test_clock SET at = $1", [now()]);
    return {
      conversations: follow(one.conversations, putClock),
      elsewhere: follow(other.conversations, putClock),
      async [Symbol.asyncDispose]() {
        await Promise.all([one.close(), other.close()]);
      },
    };
  });

  test("many that are made at once, by several processes, are no more than may be", async () => {
    const { url, ask } = await openTestDatabase();
    await using one = await openStores(url, { storedResponses: 20 });
    await using other = await openStores(url, { storedResponses: 20 });
    const all = Array.from({ length: 60 }, (_, index) => `conv_${index}`);
    await Promise.all(
      all.map((id, index) =>
        (index % 2 ? one : other).conversations.create({ id, createdAt: 1, metadata: {} }, [{ id: "a" }]),
      ),
    );
    // Whoever evicted last may not have seen what came while it did.
    await one.conversations.create({ id: "conv_last", createdAt: 1, metadata: {} }, []);
    expect(await ask("SELECT count(*)::int AS count FROM gateway.conversations")).toEqual([{ count: 20 }]);
    expect(await other.conversations.get("conv_last")).toBeDefined();
  });
});
