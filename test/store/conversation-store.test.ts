import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";

import { ConfigError } from "../../src/config.ts";
import { type ConversationStore, ownConversations } from "../../src/responses/conversation-store.ts";
import { createMemoryConversations } from "../../src/store/memory/memory-conversations.ts";
import { connectStores } from "../../src/store/remote/connect-stores.ts";
import { createStoreHost } from "../../src/store/remote/create-store-host.ts";
import { openSqliteConversations } from "../../src/store/sqlite/sqlite-conversations.ts";
import { hasSqlite } from "../support/has-sqlite.ts";
import { createLinkPair } from "../support/link-pair.ts";
import { conversationContract } from "./contract/conversation-contract.ts";
import { recordWatch } from "./open-store.ts";
import { createMemoryStores } from "./remote/memory-stores.ts";

const directories: string[] = [];

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "conversation-store-"));
  directories.push(directory);
  return directory;
}

afterAll(async () => {
  await Promise.all(directories.map((directory) => rm(directory, { recursive: true })));
});

const database = { lockWaitMs: 600_000, answerWaitMs: 600_000 };
const { log } = recordWatch().options;

describe("conversations in memory", () =>
  conversationContract(async (now, options) => {
    const conversations = createMemoryConversations({ now, ...options });
    return { conversations, elsewhere: conversations, async [Symbol.asyncDispose]() {} };
  }));

describe("conversations behind a channel", () =>
  conversationContract(async (now, options) => {
    const pair = createLinkPair();
    const [here, there] = pair.links;
    const stores = {
      ...createMemoryStores(now),
      conversations: createMemoryConversations({ now, ...options }),
    };
    const host = createStoreHost(stores, { log, startTimer: () => () => {} });
    host.serve(there.lane("stores"));
    const remote = connectStores(here.lane("stores"), { process: "guest", now });
    await remote.ready;
    return {
      conversations: remote.conversations,
      elsewhere: stores.conversations,
      async [Symbol.asyncDispose]() {
        pair.close();
      },
    };
  }));

describe.runIf(hasSqlite)("conversations in a file", () => {
  conversationContract(async (now, options) => {
    const directory = await temporaryDirectory();
    const [conversations, elsewhere] = await Promise.all([
      openSqliteConversations({ ...options, directory, log, now, database }),
      openSqliteConversations({ ...options, directory, log, now, database }),
    ]);
    return {
      conversations,
      elsewhere,
      async [Symbol.asyncDispose]() {
        await Promise.all([conversations.close(), elsewhere.close()]);
      },
    };
  });

  test("outlive the process, with who holds them", async () => {
    const options = { directory: await temporaryDirectory(), capacity: 5, log, now: () => 0, database };
    const first = await openSqliteConversations(options);
    await first.create({ id: "conv_1", createdAt: 1, metadata: {} }, [{ id: "a", type: "message" }]);
    const version = (await first.read("conv_1"))?.version ?? -1;
    await first.lock("conv_1", "one", version);
    await first.close();
    const second = await openSqliteConversations(options);
    expect((await second.read("conv_1"))?.items).toEqual([{ id: "a", type: "message" }]);
    expect(await second.lock("conv_1", "other", version)).toBe("locked");
    await second.close();
  });

  test("take no more bytes than they may: those that were longest not added to go sooner", async () => {
    const directory = await temporaryDirectory();
    const store = await openSqliteConversations({
      directory,
      capacity: 1000,
      limitBytes: 1_000_000,
      log,
      now: () => 0,
      database,
    });
    const large = { type: "message", text: "x".repeat(100_000) };
    for (let number = 0; number < 30; number += 1)
      await store.create({ id: `conv_${number}`, createdAt: 1, metadata: {} }, [{ id: "a", ...large }]);
    expect(await store.add("conv_29", [{ id: "b", ...large }])).toBe("done");
    expect(await store.get("conv_20")).toBeUndefined();
    expect(await store.get("conv_26")).toBeDefined();
    expect((await store.read("conv_29"))?.items).toHaveLength(2);
    await store.close();
    expect((await stat(path.join(directory, "conversations.sqlite"))).size).toBeLessThan(1_300_000);
  });

  test("say which file is damaged", async () => {
    const directory = await temporaryDirectory();
    const text = "this is not a database, but long enough for a header".repeat(40);
    await writeFile(path.join(directory, "conversations.sqlite"), text);
    const opened = openSqliteConversations({ directory, capacity: 5, log, now: () => 0 });
    await expect(opened).rejects.toThrow(ConfigError);
    await expect(opened).rejects.toThrow(/cannot use .*conversations\.sqlite: file is not a database/);
  });
});

test("who owns one finds, changes and deletes it, and nobody else", async () => {
  const all = createMemoryConversations({ capacity: 10, now: () => 0 });
  const [mine, theirs] = ["key_1", "key_2"].map((owner) => ownConversations(all, owner)) as [
    ConversationStore,
    ConversationStore,
  ];
  await mine.create({ id: "conv_1", createdAt: 1, metadata: {} }, [{ id: "a" }]);
  expect(await theirs.get("conv_1")).toBeUndefined();
  expect(await theirs.read("conv_1")).toBeUndefined();
  expect(await theirs.setMetadata("conv_1", {})).toBe(false);
  expect(await theirs.delete("conv_1")).toBe(false);
  expect(await theirs.add("conv_1", [{ id: "b" }])).toBe("gone");
  expect(await theirs.remove("conv_1", "a")).toBe("gone");
  expect((await all.read("conv_1"))?.items).toEqual([{ id: "a" }]);
  expect(await mine.add("conv_1", [{ id: "b" }])).toBe("done");
  expect(await mine.remove("conv_1", "a")).toBe("done");
  expect(await mine.delete("conv_1")).toBe(true);
});
