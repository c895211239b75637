import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { ConfigError } from "../../src/config.ts";
import { createResponseStore as create } from "../../src/store/create-response-store.ts";
import { hasSqlite } from "../support/has-sqlite.ts";
import { responseContract } from "./contract/response-contract.ts";
import { openStore, recordWatch, stored } from "./open-store.ts";

const directories: string[] = [];

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "response-store-"));
  directories.push(directory);
  return directory;
}

afterAll(async () => {
  await Promise.all(directories.map((directory) => rm(directory, { recursive: true })));
});

function createResponseStore(config: Parameters<typeof create>[0]) {
  return create(config, recordWatch().options);
}

const kinds = [
  { name: "memory", directory: async () => undefined },
  ...(hasSqlite
    ? [{ name: "sqlite", directory: async () => path.join(await temporaryDirectory(), "deep", "data") }]
    : []),
];

describe.each(kinds)("the $name store", ({ directory }) =>
  responseContract(async (capacity) =>
    createResponseStore({ DATA_DIR: await directory(), STORED_RESPONSES: capacity }),
  ),
);

describe.runIf(hasSqlite)("the sqlite store", () => {
  test("keeps responses over a restart", async () => {
    const settings = { DATA_DIR: await temporaryDirectory(), STORED_RESPONSES: 5 };
    const first = await createResponseStore(settings);
    await first.put(stored("resp_1"));
    await first.close();
    const second = await createResponseStore(settings);
    expect(await second.get("resp_1")).toEqual(stored("resp_1"));
    await second.close();
  });

  test("shrinks to a smaller capacity with the next response", async () => {
    const DATA_DIR = await temporaryDirectory();
    const first = await createResponseStore({ DATA_DIR, STORED_RESPONSES: 5 });
    for (const id of ["resp_1", "resp_2", "resp_3"]) await first.put(stored(id));
    await first.close();
    const second = await createResponseStore({ DATA_DIR, STORED_RESPONSES: 2 });
    await second.put(stored("resp_4"));
    expect(await second.get("resp_2")).toBeUndefined();
    expect(await second.get("resp_3")).toBeDefined();
    await second.close();
  });

  test("keeps the newest of all, whichever of two gateways put them", async () => {
    const settings = { DATA_DIR: await temporaryDirectory(), STORED_RESPONSES: 3 };
    const one = await createResponseStore(settings);
    const other = await createResponseStore(settings);
    const ids = ["resp_1", "resp_2", "resp_3", "resp_4", "resp_5", "resp_6"];
    for (const [index, id] of ids.entries()) await (index % 2 === 0 ? one : other).put(stored(id));
    const found = await Promise.all(ids.map(async (id) => (await one.get(id))?.id));
    expect(found).toEqual([undefined, undefined, undefined, "resp_4", "resp_5", "resp_6"]);
    await one.close();
    await other.close();
  });

  test("lets nobody else on the machine read conversations", async () => {
    const DATA_DIR = path.join(await temporaryDirectory(), "data");
    const store = await createResponseStore({ DATA_DIR, STORED_RESPONSES: 2 });
    await store.put(stored("resp_1"));
    const files = await readdir(DATA_DIR);
    expect(files).toContain("responses.sqlite-journal");
    for (const file of [".", ...files]) {
      const { mode } = await stat(path.join(DATA_DIR, file));
      expect([file, mode & 0o077]).toEqual([file, 0]);
    }
    await store.close();
  });

  test("keeps no more bytes than it may: the oldest go sooner, and their room is used again", async () => {
    const directory = await temporaryDirectory();
    const store = await openStore(directory, { limitBytes: 1_000_000 });
    for (let number = 0; number < 50; number += 1) {
      await store.put(stored(`resp_${number}`, "x".repeat(100_000)));
    }
    expect(await store.get("resp_40")).toBeUndefined();
    expect(await store.get("resp_43")).toBeDefined();
    expect(await store.get("resp_49")).toBeDefined();
    await store.close();
    expect((await stat(path.join(directory, "responses.sqlite"))).size).toBeLessThan(1_300_000);
  });

  test("says which file is damaged", async () => {
    const DATA_DIR = await temporaryDirectory();
    await writeFile(
      path.join(DATA_DIR, "responses.sqlite"),
      "this is not a database, but long enough for a header".repeat(40),
    );
    const opened = createResponseStore({ DATA_DIR, STORED_RESPONSES: 5 });
    await expect(opened).rejects.toThrow(ConfigError);
    await expect(opened).rejects.toThrow(/DATA_DIR: cannot use .*responses\.sqlite: file is not a database/);
  });

  test("says that another program locks the file", async () => {
    const DATA_DIR = await temporaryDirectory();
    const { DatabaseSync } = await import("node:sqlite");
    const other = new DatabaseSync(path.join(DATA_DIR, "responses.sqlite"));
    other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE mine (x); COMMIT");
    await expect(createResponseStore({ DATA_DIR, STORED_RESPONSES: 5 })).rejects.toThrow(
      /DATA_DIR: cannot use .*database is locked/,
    );
    other.close();
  });

  test("says that the directory cannot be made", async () => {
    const file = path.join(await temporaryDirectory(), "file");
    await writeFile(file, "");
    await expect(
      createResponseStore({ DATA_DIR: path.join(file, "data"), STORED_RESPONSES: 5 }),
    ).rejects.toThrow(/DATA_DIR: cannot use/);
  });
});

test("on a Node without node:sqlite says which Node is needed", async () => {
  vi.doMock("node:module", () => ({
    createRequire,
    isBuiltin: (name: string) => name !== "node:sqlite",
  }));
  vi.resetModules();
  const { createResponseStore: createOnOldNode } = await import("../../src/store/create-response-store.ts");
  await expect(
    createOnOldNode({ DATA_DIR: "/nowhere", STORED_RESPONSES: 5 }, recordWatch().options),
  ).rejects.toThrow(/DATA_DIR: .*needs Node 22\.13 or newer/);
  // Other files run in the same process.
  vi.doUnmock("node:module");
  vi.resetModules();
});
