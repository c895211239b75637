import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Limit } from "../../../src/access/limits.ts";
import { ConfigError } from "../../../src/config.ts";
import { type LocalState, openLocalState } from "../../../src/store/sqlite/open-local-state.ts";
import { createTimers, type Timers } from "../../support/create-timers.ts";
import { hasSqlite } from "../../support/has-sqlite.ts";
import { createClock, limitOf, requestFor, type TestClock } from "../contract/engine.ts";
import { budgetOf, keyOf } from "../contract/key-contract.ts";
import { holdLock } from "../hold-lock.ts";
import { recordWatch, type RecordedWatch } from "../open-store.ts";

const day = 86_400_000;
let directory: string;
let file: string;
let clock: TestClock;
let watch: RecordedWatch;
let opened: LocalState[];

beforeEach(async () => {
  directory = path.join(await mkdtemp(path.join(tmpdir(), "local-")), "data");
  file = path.join(directory, "gateway.sqlite");
  clock = createClock();
  watch = recordWatch();
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((state) => state.close()));
  await rm(path.dirname(directory), { recursive: true });
});

async function open(more: Partial<Parameters<typeof openLocalState>[0]> = {}): Promise<LocalState> {
  const state = await openLocalState({
    ...watch.options,
    now: clock.now,
    directory,
    database: { lockWaitMs: 600_000, answerWaitMs: 600_000 },
    ...more,
  });
  opened.push(state);
  return state;
}

/** Reserves, and settles by what was reserved. */
async function use({ limits }: LocalState, limit: Limit, amount: number): Promise<void> {
  const request = requestFor([[limit, amount]]);
  expect(await limits.reserve(request)).toBeUndefined();
  limits.settle(request.id, { tokens: amount, nanoUsd: amount });
}

async function look({ limits }: LocalState, limit: Limit): Promise<{ used: number; held: number }> {
  const [state] = await limits.look([limit]);
  return { used: state?.used ?? Number.NaN, held: state?.held ?? Number.NaN };
}

/** Waits until the timers that are due have done what they do. */
async function expire(timers: Timers, done: () => Promise<boolean>): Promise<void> {
  timers.expireAll();
  while (!(await done())) await new Promise((resolve) => setImmediate(resolve));
}

/** What the file holds, read by another connection. */
async function rowsOf(table: "limits" | "keys"): Promise<readonly Record<string, unknown>[]> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(file);
  const rows = database.prepare(`SELECT * FROM ${table} ORDER BY id`).all();
  database.close();
  return rows;
}

describe.runIf(hasSqlite)("a restart", () => {
  test("keeps what was used of every limit; what was held is given back, but of money it is spent", async () => {
    const before = await open();
    const limits = {
      tokens: limitOf("budget", 1000),
      money: limitOf("budget", 1000, { unit: "nano-usd", period: "total" }),
      rate: limitOf("rate", 1000),
      daily: limitOf("rate", 1000, { period: "day" }),
      atOnce: limitOf("concurrency", 1000),
    };
    for (const limit of Object.values(limits)) await use(before, limit, 100);
    await before.limits.reserve(requestFor(Object.values(limits).map((limit) => [limit, 7])));
    await before.close();
    clock.time += 60_000 + 30_000;
    const after = await open();
    expect(await look(after, limits.tokens)).toEqual({ used: 100, held: 0 });
    expect(await look(after, limits.money)).toEqual({ used: 107, held: 0 });
    expect(await look(after, limits.rate)).toEqual({ used: 54, held: 0 });
    expect(await look(after, limits.daily)).toEqual({ used: 107, held: 0 });
    expect(await look(after, limits.atOnce)).toEqual({ used: 0, held: 0 });
    await use(after, limits.tokens, 5);
    await after.close();
    expect(await look(await open(), limits.tokens)).toEqual({ used: 105, held: 0 });
  });

  test("a figure that is none keeps no other from being written", async () => {
    const before = await open();
    const [mad, sound] = [limitOf("budget", 1000), limitOf("budget", 1000)];
    for (const tokens of [1e300, 0.5]) {
      const request = requestFor([[mad, 0]]);
      await before.limits.reserve(request);
      before.limits.settle(request.id, { tokens, nanoUsd: 0 });
    }
    await use(before, sound, 5);
    await before.close();
    expect(watch.lines).toEqual([]);
    const after = await open();
    expect(await look(after, sound)).toEqual({ used: 5, held: 0 });
    expect((await look(after, mad)).used).toBeGreaterThan(1000);
  });

  test("what is no longer counted then is forgotten by the file, too", async () => {
    const before = await open();
    const total = limitOf("budget", 1000, { period: "total" });
    const gone = [limitOf("budget", 1000), limitOf("rate", 1000), limitOf("budget", 9, { unit: "nano-usd" })];
    for (const limit of [total, ...gone]) await use(before, limit, 5);
    await before.close();
    expect(await rowsOf("limits")).toHaveLength(4);
    clock.time += 2 * day;
    const after = await open();
    for (const limit of gone) expect(await look(after, limit)).toEqual({ used: 0, held: 0 });
    await after.close();
    expect(await rowsOf("limits")).toMatchObject([{ id: total.id, used: 5 }]);
  });

  test("keeps keys: found by their digests, with their families, changed and revoked as they were", async () => {
    const before = await open();
    const budget = budgetOf();
    const parent = keyOf({ name: "parent ∑", budget });
    const child = keyOf({ name: "child", parent: parent.id, budget, models: ["a*"] });
    await before.keys.create(parent, "digest of parent");
    await before.keys.create(child, "digest of child");
    const larger = { ...budget, amount: 2000 };
    await before.keys.change(parent.id, { budget: larger, revokedAt: 5 });
    await before.close();
    const { keys } = await open();
    expect(keys.isEmpty).toBe(false);
    expect(await keys.find("digest of child")).toEqual({
      key: { ...child, budget: larger },
      ancestors: [{ ...parent, budget: larger, revokedAt: 5 }],
    });
  });

  test("does not bring back keys that were forgotten, nor what was counted for them", async () => {
    const before = await open();
    const limit = limitOf("budget", 1000, { period: "total" });
    const living = keyOf();
    await before.keys.create(living, "living");
    await before.keys.create(keyOf({ revokedAt: 5, parent: living.id }), "ended");
    const other = await open();
    await use(before, limit, 7);
    await before.limits.flush();
    await before.keys.prune(6);
    await before.limits.forget([limit.id]);
    await before.limits.flush();
    expect(await before.keys.find("ended")).toBeUndefined();
    expect([await rowsOf("keys"), await rowsOf("limits")]).toMatchObject([[{ id: living.id }], []]);
    // Who has the folder open, too, knows what is there now.
    expect(await other.keys.change(living.id, { name: "renamed" })).toMatchObject({ name: "renamed" });
    await Promise.all([before.close(), other.close()]);
    const after = await open();
    expect(await after.keys.list()).toMatchObject([{ name: "renamed" }]);
    expect(await look(after, limit)).toEqual({ used: 0, held: 0 });
  });

  test("what was created or changed is in the file when that resolves", async () => {
    const { keys } = await open();
    const key = keyOf();
    await keys.create(key, "digest");
    expect(await rowsOf("keys")).toMatchObject([{ id: key.id, digest: "digest" }]);
    await keys.change(key.id, { revokedAt: 77 });
    expect(String((await rowsOf("keys"))[0]?.["body"])).toContain('"revokedAt":77');
  });

  test("lets nobody else on the machine read it", async () => {
    const state = await open();
    await use(state, limitOf("budget", 1000), 5);
    await state.limits.flush();
    for (const name of [".", ...(await readdir(directory))]) {
      const { mode } = await stat(path.join(directory, name));
      expect([name, mode & 0o077]).toEqual([name, 0]);
    }
  });

  test("closes twice; then nothing can be reserved", async () => {
    const state = await open();
    await use(state, limitOf("budget", 1000), 5);
    await Promise.all([state.close(), state.close()]);
    await expect(state.limits.reserve(requestFor([]))).rejects.toMatchObject({ problem: "unavailable" });
  });
});

describe.runIf(hasSqlite)("several processes on one folder", () => {
  test("each sees the keys that the other makes, changes and revokes, at its next look", async () => {
    const timers = createTimers();
    const [one, other] = [await open({ startTimer: timers.start }), await open()];
    expect(timers.running).toContain(1000);
    const key = keyOf();
    await other.keys.create(key, "digest");
    expect(one.keys.isEmpty).toBe(true);
    await expire(timers, async () => (await one.keys.find("digest")) !== undefined);
    await other.keys.change(key.id, { revokedAt: 9 });
    await one.keys.create(keyOf({ name: "own" }), "digest of own");
    expect(await one.keys.find("digest of own")).toBeDefined();
    await expire(timers, async () => (await one.keys.find("digest"))?.key.revokedAt === 9);
    expect(await one.limits.reserve(requestFor([], [key.id]))).toEqual({ kind: "revoked" });
    // Changes are made to what there is, not to what one of them knows.
    await other.keys.change(key.id, { name: "renamed" });
    expect(await one.keys.change(key.id, { concurrency: 3 })).toMatchObject({
      name: "renamed",
      revokedAt: 9,
      concurrency: 3,
    });
  });

  test("one counts: the other says that it can't, serves what is not limited, and takes over when the first ends", async () => {
    const limit = limitOf("budget", 1000);
    const first = await open();
    await use(first, limit, 30);
    // Nothing is written any more while the other, which waits for nobody, opens the file.
    await first.limits.flush();
    const second = await open({ database: { lockWaitMs: 0 } });
    await expect(second.limits.reserve(requestFor([[limit, 1]]))).rejects.toMatchObject({
      status: 503,
      problem: "locked",
    });
    await expect(second.limits.look([limit])).rejects.toMatchObject({ problem: "locked" });
    expect(watch.lines).toMatchObject([
      {
        fields: {
          problem: "locked",
          reason: `another process has taken ${directory}/gateway.lock`,
          file,
          remedy: expect.stringContaining("a DATA_DIR of its own"),
        },
        text: "what is used of the limits could not be read; requests with limits are refused",
      },
    ]);
    expect(await second.limits.reserve(requestFor([]))).toBeUndefined();
    await first.close();
    expect(await look(second, limit)).toEqual({ used: 30, held: 0 });
    await use(second, limit, 5);
  });
});

describe.runIf(hasSqlite)("a gateway begins", () => {
  test("and is told at once that another counts, by the folder, what that means and what to do", async () => {
    const limit = limitOf("budget", 1000);
    const first = await open();
    await first.begin();
    expect(watch.lines).toEqual([]);
    const second = await open({ database: { lockWaitMs: 0 } });
    await second.begin();
    expect(watch.lines).toEqual([
      {
        level: "error",
        fields: { event: "data-dir-taken", directory },
        text: expect.stringMatching(/another gateway uses the DATA_DIR .*limits get 503 .*DATABASE_URL/),
      },
    ]);
    await use(first, limit, 30);
    await first.close();
    expect(await look(second, limit)).toEqual({ used: 30, held: 0 });
  });

  test("a lock that can't be used is a ConfigError", async () => {
    await mkdir(`${directory}/gateway.lock`, { recursive: true });
    const state = await open();
    await expect(state.begin()).rejects.toThrow(ConfigError);
    await expect(state.begin()).rejects.toThrow(/DATA_DIR: cannot use .*gateway\.lock/);
  });
});

/** Another process that counts, until it is killed. */
async function countElsewhere(limit: Limit): Promise<ChildProcess> {
  const module = new URL("../../../src/store/sqlite/open-local-state.ts", import.meta.url);
  const program = `
    import { openLocalState } from ${JSON.stringify(module.href)};
    const directory = ${JSON.stringify(directory)};
    const { limits } = await openLocalState({ directory, now: () => ${clock.time}, log: console });
    await limits.reserve({ id: "elsewhere", keys: [], takes: [{ limit: ${JSON.stringify(limit)}, amount: 30 }] });
    limits.settle("elsewhere", { tokens: 30, nanoUsd: 0 });
    await limits.flush();
    process.stdout.write("counting");
    process.stdin.resume();`;
  const options = ["--no-warnings", "--input-type=module", "-e", program];
  const child = spawn(process.execPath, options, { stdio: ["pipe", "pipe", "inherit"] });
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(([code]) => {
      throw new Error(`The process that should count ended with ${code}.`);
    }),
  ]);
  return child;
}

describe.runIf(hasSqlite)("a process that counts and is killed", () => {
  test("keeps others from counting until then, also those that try again and again", async () => {
    const limit = limitOf("budget", 1000);
    const child = await countElsewhere(limit);
    const state = await open({ database: { lockWaitMs: 0 } });
    for (let turn = 0; turn < 3; turn += 1)
      await expect(state.limits.reserve(requestFor([[limit, 1]]))).rejects.toMatchObject({
        problem: "locked",
      });
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    expect(await look(state, limit)).toEqual({ used: 30, held: 0 });
  });

  test("leaves the folder to the gateway that begins after it", async () => {
    const limit = limitOf("budget", 1000);
    const child = await countElsewhere(limit);
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    const state = await open({ database: { lockWaitMs: 0 } });
    await state.begin();
    expect(watch.lines).toEqual([]);
    expect(await look(state, limit)).toEqual({ used: 30, held: 0 });
  });
});

describe.runIf(hasSqlite)("the file can't be used", () => {
  test.each([
    {
      name: "it is damaged",
      harm: async () => {
        await mkdir(directory);
        await writeFile(file, "this is no database, but long enough for a header".repeat(40));
      },
      says: /cannot use .*gateway\.sqlite: file is not a database.*holds the keys/,
    },
    { name: "the folder is a file", harm: () => writeFile(directory, ""), says: /DATA_DIR: cannot use/ },
    {
      name: "a newer version has made it",
      harm: async () => {
        const { DatabaseSync } = await import("node:sqlite");
        await mkdir(directory);
        const database = new DatabaseSync(file);
        database.exec("PRAGMA user_version = 99");
        database.close();
      },
      says: /a newer version of this program has made it \(99 > 1\)/,
    },
  ])("at the start, as $name: a ConfigError that says so", async ({ harm, says }) => {
    await harm();
    await expect(open()).rejects.toThrow(ConfigError);
    await expect(open()).rejects.toThrow(says);
  });

  test.each(["serve", "refuse"] as const)("while it runs, with STORE_FAILURE=%s", async (onFailure) => {
    const timers = createTimers();
    const [tokens, money] = [limitOf("budget", 1000), limitOf("budget", 1000, { unit: "nano-usd" })];
    const state = await open({ onFailure, startTimer: timers.start });
    const key = keyOf();
    await state.keys.create(key, "digest");
    await use(state, money, 5);
    await use(state, tokens, 5);
    await state.limits.flush();
    await rename(file, `${file}.away`);
    await mkdir(file);
    await use(state, tokens, 10);
    await expect(state.limits.flush()).rejects.toMatchObject({ problem: "unavailable" });
    // Keys are known, and can't be changed.
    expect(await state.keys.find("digest")).toEqual({ key, ancestors: [] });
    await expect(state.keys.change(key.id, { revokedAt: 3 })).rejects.toMatchObject({ status: 503 });
    expect((await state.keys.get(key.id))?.key.revokedAt).toBeUndefined();
    const want = requestFor([
      [tokens, 100],
      [money, 500],
    ]);
    if (onFailure === "serve") {
      expect(await state.limits.reserve(want)).toBeUndefined();
      // The cap holds all the same.
      expect(await state.limits.reserve(requestFor([[money, 501]]))).toMatchObject({ kind: "limit" });
    } else {
      await expect(state.limits.reserve(want)).rejects.toMatchObject({ problem: "unavailable" });
      expect(await look(state, money)).toEqual({ used: 5, held: 0 });
    }
    state.limits.settle(want.id, { tokens: 90, nanoUsd: 400 });
    expect(watch.lines.map(({ text }) => text)).toEqual([
      "what is used of the limits could not be written; it is counted in memory",
      "a key could not be kept",
    ]);
    const remedy = expect.stringMatching(/DATA_DIR.* holds all keys/);
    for (const { fields } of watch.lines) expect(fields).toMatchObject({ file, remedy });
    await rm(file, { recursive: true });
    await rename(`${file}.away`, file);
    await state.limits.flush();
    expect(watch.lines.at(-1)?.text).toBe("what is used of the limits is written again");
    await state.close();
    const used = onFailure === "serve" ? { tokens: 105, money: 405 } : { tokens: 15, money: 5 };
    const after = await open();
    expect(await look(after, tokens)).toEqual({ used: used.tokens, held: 0 });
    expect(await look(after, money)).toEqual({ used: used.money, held: 0 });
  });

  test("who takes the file away does not open the gateway to everybody", async () => {
    const timers = createTimers();
    const state = await open({ startTimer: timers.start });
    const key = keyOf();
    await state.keys.create(key, "digest");
    await rm(directory, { recursive: true });
    // A write notices it, and makes a new file.
    const limit = limitOf("budget", 1000);
    await use(state, limit, 5);
    await state.limits.flush();
    expect(await rowsOf("limits")).toMatchObject([{ id: limit.id }]);
    timers.expireAll();
    while (watch.lines.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(watch.lines).toMatchObject([
      { fields: { reason: expect.stringContaining("holds no keys any more") } },
    ]);
    expect(state.keys.isEmpty).toBe(false);
    expect(await state.keys.find("digest")).toEqual({ key, ancestors: [] });
  });

  test("another process that writes is waited for, and nobody who counts waits with it", async () => {
    const state = await open();
    const limit = limitOf("budget", 1000);
    await use(state, limit, 5);
    await state.limits.flush();
    const lock = await holdLock(file);
    const created = state.keys.create(keyOf(), "digest");
    for (let turn = 0; turn < 100; turn += 1) await use(state, limit, 1);
    expect(await look(state, limit)).toEqual({ used: 105, held: 0 });
    await lock.release();
    await created;
    await state.limits.flush();
    expect(await rowsOf("limits")).toMatchObject([{ used: 105 }]);
  });
});
