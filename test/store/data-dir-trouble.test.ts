import { mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ResponseStore } from "../../src/store/response-store.ts";
import { hasSqlite } from "../support/has-sqlite.ts";
import { holdLock } from "./hold-lock.ts";
import { openStore, recordWatch, stored } from "./open-store.ts";

let parent: string;
let directory: string;
let file: string;

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), "data-dir-"));
  directory = path.join(parent, "data");
  file = path.join(directory, "responses.sqlite");
});
afterEach(() => rm(parent, { recursive: true }));

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

async function idsFound(store: ResponseStore, ids: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(ids.map((id) => store.get(id)));
  return found.flatMap((response) => (response === undefined ? [] : [response.id]));
}

/** Fails as `problem`, in words for clients. */
function failure(problem: string) {
  return expect.objectContaining({ name: "GatewayError", status: 503, problem });
}

describe.runIf(hasSqlite)("another process holds the write lock", () => {
  test("puts wait without blocking anybody, are found meanwhile, and are written when it ends", async () => {
    const store = await openStore(directory);
    await store.put(stored("resp_old"));
    const lock = await holdLock(file);
    let written = 0;
    const ids = numbers(20).map((number) => `resp_${number}`);
    const puts = ids.map((id) => store.put(stored(id)).then(() => (written += 1)));
    // The event loop turns, what waits is found, and what was stored before is read.
    await new Promise((resolve) => setImmediate(resolve));
    expect(await store.get("resp_19")).toEqual(stored("resp_19"));
    expect(await store.get("resp_old")).toEqual(stored("resp_old"));
    expect(await store.get("resp_none")).toBeUndefined();
    expect(written).toBe(0);
    await lock.release();
    await Promise.all(puts);
    await store.close();
    const after = await openStore(directory);
    expect(await idsFound(after, ids)).toEqual(ids);
    await after.close();
  });

  test("a lock that does not end fails what waits for it: told once, found in memory; then all is well by itself", async () => {
    const watch = recordWatch();
    const store = await openStore(directory, { ...watch.options, database: { lockWaitMs: 0 } });
    const lock = await holdLock(file);
    for (const id of ["resp_1", "resp_2"]) {
      await expect(store.put(stored(id))).rejects.toThrow(failure("locked"));
    }
    expect(store.problem).toBe("locked");
    expect(await store.get("resp_1")).toEqual(stored("resp_1"));
    expect(watch.lines).toEqual([
      {
        level: "error",
        fields: {
          problem: "locked",
          reason: "database is locked",
          file,
          remedy: "End the other program that has the file open, or give this gateway a DATA_DIR of its own.",
        },
        text: "a response could not be stored",
      },
    ]);
    watch.time += 60_000;
    await expect(store.put(stored("resp_3"))).rejects.toThrow(/Another program locks .* \(DATA_DIR\)/);
    expect(watch.lines[1]).toMatchObject({ fields: { problem: "locked", silent: 1 } });

    await lock.release();
    await store.put(stored("resp_2", "again"));
    expect(store.problem).toBeUndefined();
    expect(watch.lines[2]).toMatchObject({ level: "info", text: "responses are stored again" });
    expect(await store.get("resp_2")).toEqual(stored("resp_2", "again"));
    await store.close();
  });

  test("what was never written is deleted all the same; what was written is not, and says so", async () => {
    const store = await openStore(directory, { database: { lockWaitMs: 0 } });
    await store.put(stored("resp_written"));
    const lock = await holdLock(file);
    await expect(store.put(stored("resp_memory"))).rejects.toThrow(failure("locked"));
    expect(await store.delete("resp_memory")).toBe(true);
    expect(await store.get("resp_memory")).toBeUndefined();
    await expect(store.delete("resp_written")).rejects.toThrow(failure("locked"));
    expect(await store.get("resp_written")).toBeDefined();
    await lock.release();
    expect(await store.delete("resp_written")).toBe(true);
    expect(await store.delete("resp_memory")).toBe(false);
    await store.close();
  });

  test("what is deleted while it waits to be written does not come back", async () => {
    const store = await openStore(directory);
    const lock = await holdLock(file);
    const put = store.put(stored("resp_1"));
    const deleted = store.delete("resp_1");
    expect(await store.get("resp_1")).toBeUndefined();
    await lock.release();
    await put;
    expect(await deleted).toBe(true);
    expect(await store.get("resp_1")).toBeUndefined();
    await store.close();
  });

  test.each([
    { name: "too many", database: { maximumWaiting: 2 } },
    { name: "too large", database: { maximumWaitingSize: 600 } },
  ])(
    "no more waits than may ($name): the next fails at once, and is found in memory",
    async ({ database }) => {
      const store = await openStore(directory, { database });
      const lock = await holdLock(file);
      const puts = ["resp_1", "resp_2"].map((id) => store.put(stored(id)));
      await expect(store.put(stored("resp_3"))).rejects.toThrow(failure("queue-full"));
      expect(await idsFound(store, ["resp_1", "resp_2", "resp_3"])).toHaveLength(3);
      await lock.release();
      await Promise.all(puts);
      await store.put(stored("resp_4"));
      await store.close();
    },
  );

  test("closing waits for what was put", async () => {
    const store = await openStore(directory);
    const lock = await holdLock(file);
    const put = store.put(stored("resp_1"));
    const closed = store.close();
    await lock.release();
    await Promise.all([put, closed]);
    await expect(store.put(stored("resp_2"))).rejects.toThrow(failure("unavailable"));
    const after = await openStore(directory);
    expect(await after.get("resp_1")).toEqual(stored("resp_1"));
    await after.close();
  });
});

describe.runIf(hasSqlite)("no room is left", () => {
  const limitBytes = 400_000;
  const text = "x".repeat(100_000);

  test("the oldest make room before a response is put, and the file grows no further", async () => {
    const store = await openStore(directory, { limitBytes });
    for (const number of numbers(20)) await store.put(stored(`resp_${number}`, text));
    const { size } = await stat(file);
    expect(size).toBeLessThanOrEqual(limitBytes + 4096);
    expect(await idsFound(store, ["resp_0", "resp_18", "resp_19"])).toEqual(["resp_18", "resp_19"]);
    expect(await store.delete("resp_19")).toBe(true);
    await store.close();
  });

  test("what is larger than everything that could go fails, is found in memory, and takes nothing with it", async () => {
    const watch = recordWatch();
    const store = await openStore(directory, { limitBytes, ...watch.options });
    await store.put(stored("resp_small"));
    const huge = stored("resp_huge", "x".repeat(1_000_000));
    const [first, second, third] = await Promise.allSettled([
      store.put(stored("resp_before")),
      store.put(huge),
      store.put(stored("resp_after")),
    ]);
    expect([first?.status, second?.status, third?.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(second).toMatchObject({ reason: { problem: "disk-full", message: /disk .*DATA_DIR.* is full/ } });
    expect(watch.lines[0]).toMatchObject({ fields: { problem: "disk-full" } });
    expect(await store.get("resp_huge")).toEqual(huge);
    expect(await idsFound(store, ["resp_small", "resp_before", "resp_after"])).toHaveLength(3);
    expect(await store.delete("resp_huge")).toBe(true);
    expect(await store.get("resp_huge")).toBeUndefined();
    await store.close();
  });

  test("the journal keeps room for a deletion", async () => {
    const store = await openStore(directory);
    expect((await stat(`${file}-journal`)).size).toBeGreaterThan(131_072);
    await store.close();
    expect((await stat(`${file}-journal`)).size).toBeGreaterThan(131_072);
  });
});

describe.runIf(hasSqlite)("the folder changes while the gateway runs", () => {
  test.each([
    { name: "the folder is removed", harm: () => rm(directory, { recursive: true }) },
    { name: "the file is moved away", harm: () => rename(file, path.join(parent, "elsewhere")) },
  ])("$name: a new file is made, and what comes is stored there", async ({ harm }) => {
    const store = await openStore(directory);
    await store.put(stored("resp_1"));
    await harm();
    await store.put(stored("resp_2"));
    await store.close();
    const after = await openStore(directory);
    expect(await idsFound(after, ["resp_1", "resp_2"])).toEqual(["resp_2"]);
    await after.close();
  });

  test.each([
    {
      name: "the file is damaged",
      harm: () => writeFile(file, "this is no database".repeat(10_000)),
      mend: () => rm(file),
    },
    {
      name: "the folder can't be made",
      async harm() {
        await rm(directory, { recursive: true });
        await writeFile(directory, "a file");
      },
      mend: () => rm(directory),
    },
    {
      name: "the file can't be opened",
      async harm() {
        await rm(file);
        await mkdir(file);
      },
      mend: () => rm(file, { recursive: true }),
    },
  ])("$name: told, found in memory; once it is mended the next is stored", async ({ harm, mend }) => {
    const watch = recordWatch();
    const store = await openStore(directory, watch.options);
    await store.put(stored("resp_1"));
    await harm();
    await expect(store.put(stored("resp_2"))).rejects.toThrow(failure("unavailable"));
    const remedy = expect.stringMatching(/DATA_DIR.* nothing but stored responses/);
    expect(watch.lines).toMatchObject([{ level: "error", fields: { problem: "unavailable", file, remedy } }]);
    expect(await store.get("resp_2")).toEqual(stored("resp_2"));
    await expect(store.get("resp_1")).rejects.toThrow(failure("unavailable"));
    await expect(store.delete("resp_1")).rejects.toThrow(/can't be used now/);
    await mend();
    await store.put(stored("resp_3"));
    expect(store.problem).toBeUndefined();
    expect(await store.get("resp_3")).toEqual(stored("resp_3"));
    await store.close();
  });
});

describe.runIf(hasSqlite)("several on one folder", () => {
  test("two stores see what the other put, and wait for each other", async () => {
    const [one, other] = await Promise.all([openStore(directory), openStore(directory)]);
    const ids = numbers(40).map((number) => `resp_${number}`);
    await Promise.all(ids.map((id, index) => (index % 2 === 0 ? one : other).put(stored(id))));
    expect(await idsFound(one, ids)).toEqual(ids);
    expect(await idsFound(other, ids)).toEqual(ids);
    await Promise.all([one.close(), other.close()]);
  });

  test("a file of version 0.1 is taken over, also while that still has it open", async () => {
    const { DatabaseSync } = await import("node:sqlite");
    await mkdir(directory);
    const old = new DatabaseSync(file);
    old.exec(`PRAGMA journal_mode = WAL;
      CREATE TABLE responses (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL)`);
    const insert = old.prepare("INSERT INTO responses (id, body) VALUES (?, ?)");
    insert.run("resp_1", JSON.stringify(stored("resp_1")));
    const beside = await openStore(directory);
    expect(await beside.get("resp_1")).toEqual(stored("resp_1"));
    await beside.put(stored("resp_2"));
    insert.run("resp_3", JSON.stringify(stored("resp_3")));
    old.close();
    await beside.close();
    const after = await openStore(directory);
    expect(await idsFound(after, ["resp_1", "resp_2", "resp_3"])).toHaveLength(3);
    await after.put(stored("resp_4"));
    await expect(stat(`${file}-wal`)).rejects.toThrow("ENOENT");
    await after.close();
  });
});
