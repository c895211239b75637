import { once } from "node:events";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type {
  SqliteLedger,
  SqliteLedgerOptions,
} from "../../../src/store/sqlite/ledger/create-sqlite-ledger.ts";
import { createTimers } from "../../support/create-timers.ts";
import { hasSqlite } from "../../support/has-sqlite.ts";
import { midnight, row } from "../contract/ledger-rows.ts";
import { holdLock } from "../hold-lock.ts";
import { recordWatch } from "../open-store.ts";
import { createFolder, openLedger } from "./open-ledger.ts";

let folder: string;
let directory: string;
let file: string;
let remove: () => Promise<void>;
let opened: SqliteLedger | undefined;

beforeEach(async () => {
  ({ folder, remove } = await createFolder());
  directory = path.join(folder, "data");
  file = path.join(directory, "ledger.sqlite");
});
afterEach(async () => {
  await opened?.close();
  opened = undefined;
  await remove();
});

function open(more: Partial<SqliteLedgerOptions> = {}): SqliteLedger {
  opened = openLedger(directory, more);
  return opened;
}

async function note(ledger: SqliteLedger, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) ledger.add(row(id, midnight));
  await ledger.flush();
}

async function idsOf(ledger: SqliteLedger): Promise<readonly string[]> {
  return (await ledger.list({ limit: 100 })).rows.map(({ id }) => id);
}

describe.runIf(hasSqlite)("the file of a ledger", () => {
  test.each([
    {
      name: "is damaged",
      harm: () => writeFile(file, "this is no database".repeat(10_000)),
      mend: () => rm(file),
    },
    { name: "can't be made", harm: () => mkdir(file), mend: () => rm(file, { recursive: true }) },
  ])(
    "$name from the start: nothing throws, rows are counted, reading says so; once mended, all is well",
    async ({ harm, mend }) => {
      const watch = recordWatch();
      await mkdir(directory);
      await harm();
      const ledger = open({ log: watch.options.log });
      await note(ledger, "1", "2");
      expect(ledger.dropped).toBe(2);
      await expect(ledger.list({ limit: 1 })).rejects.toMatchObject({
        name: "GatewayError",
        status: 503,
        problem: "unavailable",
        message: expect.stringMatching(/ledger can't be read/),
      });
      expect(watch.lines.map(({ level, text }) => `${level}: ${text}`)).toEqual([
        "error: the ledger could not be opened",
        "error: requests could not be noted in the ledger",
        "error: the ledger could not be read",
      ]);
      const remedy = expect.stringMatching(/DATA_DIR.* nothing but the ledger/);
      for (const { fields } of watch.lines) expect(fields).toMatchObject({ file, remedy });
      expect(watch.lines[1]?.fields).toMatchObject({ problem: "unavailable", dropped: 2 });
      await note(ledger, "3");
      // Once a minute is enough.
      expect(watch.lines).toHaveLength(3);

      await mend();
      await note(ledger, "4");
      expect(ledger.dropped).toBe(3);
      expect(watch.lines.at(-1)).toEqual({
        level: "info",
        fields: { dropped: 1 },
        text: "requests are noted in the ledger again",
      });
      expect(await idsOf(ledger)).toEqual(["4"]);
    },
  );

  test.each([
    {
      name: "is damaged",
      harm: () => writeFile(file, "this is no database".repeat(10_000)),
      mend: () => rm(file),
    },
    { name: "is removed with its folder", harm: () => rm(directory, { recursive: true }) },
    { name: "is moved away", harm: () => rename(file, path.join(folder, "elsewhere")) },
  ])(
    "$name while the gateway runs: rows go to a new one as soon as there can be one",
    async ({ harm, mend }) => {
      const ledger = open();
      await note(ledger, "before");
      expect(await idsOf(ledger)).toEqual(["before"]);
      await harm();
      await mend?.();
      await note(ledger, "after");
      expect(await idsOf(ledger)).toEqual(["after"]);
      expect(await ledger.sum({ by: ["key"] })).toMatchObject([{ requests: 1 }]);
      expect(ledger.dropped).toBe(0);
    },
  );

  test("is locked for longer than anybody waits: that batch is lost, the next is not", async () => {
    const watch = recordWatch();
    const ledger = open({ log: watch.options.log, lockWaitMs: 0 });
    await note(ledger, "before");
    const lock = await holdLock(file);
    await note(ledger, "1", "2");
    expect(ledger.dropped).toBe(2);
    expect(watch.lines).toMatchObject([
      { level: "error", fields: { problem: "locked", reason: "database is locked", dropped: 2 } },
    ]);
    expect(await idsOf(ledger)).toEqual(["before"]);
    await lock.release();
    await note(ledger, "3");
    expect(await idsOf(ledger)).toEqual(["3", "before"]);
    expect(watch.lines).toHaveLength(2);
  });

  test("is locked when the gateway ends: it does not wait for each batch", async () => {
    const ledger = open({ lockWaitMs: 0 });
    await note(ledger, "before");
    const lock = await holdLock(file);
    for (let index = 0; index < 3000; index += 1) ledger.add(row(`${index}`, midnight));
    await ledger.close();
    await lock.release();
    expect(ledger.dropped).toBe(3000);
    await expect(ledger.list({ limit: 1 })).rejects.toMatchObject({ problem: "unavailable" });
  });

  test("belongs to this user alone", async () => {
    await note(open(), "1");
    for (const name of [file, `${file}-wal`, `${file}-shm`]) {
      expect([name, (await stat(name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  test("gives room back, piece by piece, when what is in it goes", async () => {
    const now = { time: midnight };
    const ledger = open({ now: () => now.time, days: 1 });
    const long = "x".repeat(20_000);
    for (let index = 0; index < 1500; index += 1) ledger.add(row(`${index}`, midnight, { session: long }));
    await ledger.flush();
    now.time += 3 * 86_400_000;
    await ledger.prune();
    expect(await idsOf(ledger)).toEqual([]);
    await ledger.close();
    expect((await stat(file)).size).toBeLessThan(10_000_000);
  });

  test("that another program's open transaction keeps from being read away stays bounded, and is used again after it", async () => {
    const watch = recordWatch();
    const ledger = open({ log: watch.options.log });
    await note(ledger, "before");
    const { DatabaseSync } = await import("node:sqlite");
    const other = new DatabaseSync(file);
    other.exec("BEGIN; SELECT count(*) FROM requests");
    const long = "x".repeat(100_000);
    // 100 MB.
    for (let index = 0; index < 1000 && ledger.dropped === 0; index += 50) {
      for (let more = 0; more < 50; more += 1)
        ledger.add(row(`${index + more}`, midnight, { session: long }));
      await ledger.flush();
    }
    expect(ledger.dropped).toBeGreaterThan(0);
    expect(watch.lines).toMatchObject([
      {
        fields: { reason: expect.stringMatching(/open transaction/) },
        text: expect.stringMatching(/could not be noted/),
      },
    ]);
    expect((await stat(`${file}-wal`)).size).toBeLessThan(85_000_000);
    other.exec("COMMIT");
    other.close();
    const { dropped } = ledger;
    await note(ledger, "after");
    expect(ledger.dropped).toBe(dropped);
    expect((await stat(`${file}-wal`)).size).toBeLessThan(10_000_000);
  });
});

describe.runIf(hasSqlite)("the threads of a ledger", () => {
  test("reports have one of their own, from the first question until nobody asks any more", async () => {
    const workers: Worker[] = [];
    const listen = (worker: Worker) => void workers.push(worker);
    process.on("worker", listen);
    const timers = createTimers();
    const ledger = open({ startTimer: timers.start, idleMs: 7000 });
    await note(ledger, "1");
    expect(workers).toHaveLength(1);
    expect(timers.running).not.toContain(7000);
    await Promise.all([ledger.list({ limit: 1 }), ledger.sum({ by: [] })]);
    expect(workers).toHaveLength(2);
    expect(timers.running.filter((time) => time === 7000)).toHaveLength(1);
    const [, reports] = workers;
    const ended = reports === undefined ? undefined : once(reports, "exit");
    timers.expireAll();
    await ended;
    expect(await idsOf(ledger)).toEqual(["1"]);
    expect(workers).toHaveLength(3);
    process.off("worker", listen);
  });

  test("questions don't wait without bound", async () => {
    const ledger = open();
    await note(ledger, "1");
    const asked = await Promise.allSettled(Array.from({ length: 100 }, () => ledger.list({ limit: 1 })));
    const failed = asked.filter(({ status }) => status === "rejected");
    expect(failed).toHaveLength(36);
    expect(failed[0]).toMatchObject({ reason: { status: 503, problem: "queue-full", message: /Ask again/ } });
    expect(await idsOf(ledger)).toEqual(["1"]);
  });

  test("what comes one by one is written together, after a while or when there is enough", async () => {
    const timers = createTimers();
    const ledger = open({ startTimer: timers.start });
    await note(ledger, "first");
    const gathering = () => timers.running.filter((time) => time < 1000);
    expect(gathering()).toEqual([]);
    ledger.add(row("1", midnight));
    ledger.add(row("2", midnight));
    expect(gathering()).toEqual([50]);
    for (let index = 0; index < 498; index += 1) ledger.add(row(`more_${index}`, midnight));
    // Enough: it is being written.
    expect(gathering()).toEqual([]);
    await ledger.flush();
    expect(await ledger.sum({ by: [] })).toMatchObject([{ requests: 501 }]);
  });

  test("each hour what grew too old is given up, though nothing comes", async () => {
    const now = { time: midnight };
    const timers = createTimers();
    const ledger = open({ startTimer: timers.start, now: () => now.time, days: 1 });
    await note(ledger, "1");
    expect(await idsOf(ledger)).toEqual(["1"]);
    now.time += 2 * 86_400_000;
    expect(timers.running).toContain(3_600_000);
    timers.expireAll();
    // The writer answers in order: when this is written, it has pruned.
    ledger.add(row("2", now.time));
    await ledger.flush();
    expect(await idsOf(ledger)).toEqual(["2"]);
    expect(timers.running).toContain(3_600_000);
  });
});
