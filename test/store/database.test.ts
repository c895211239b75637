import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDatabase, type DatabaseOptions } from "../../src/store/sqlite/create-database.ts";
import { createTimers } from "../support/create-timers.ts";
import { hasSqlite } from "../support/has-sqlite.ts";
import type { UnrulyCommand } from "./unruly-table.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "database-"));
});
afterEach(() => rm(directory, { recursive: true }));

function open(more: Partial<DatabaseOptions> = {}) {
  return createDatabase<"count", UnrulyCommand>({
    file: path.join(directory, "data.sqlite"),
    table: new URL("./unruly-table.ts", import.meta.url),
    tableSettings: undefined,
    ...more,
  });
}

describe.runIf(hasSqlite)("a database in a thread", () => {
  test("a thread that ends takes its transaction with it, says so, and is replaced", async () => {
    const database = open();
    await database.write("work", 0);
    const failed = await Promise.allSettled([database.write("work", 0), database.write("exit", 0)]);
    for (const outcome of failed) {
      expect(outcome).toMatchObject({ reason: { problem: "unavailable", message: "its thread ended" } });
    }
    expect(await database.read("count")).toBe(1);
    expect(await database.write("work", 0)).toBe("work");
    expect(await database.read("count")).toBe(2);
    await database.close();
  });

  test("a thread that does not answer in time is ended and replaced", async () => {
    const timers: (() => void)[] = [];
    const database = open({
      answerWaitMs: 2000,
      startTimer: (_milliseconds, expire) => {
        timers.push(expire);
        return () => {};
      },
    });
    await database.open();
    const hanging = database.write("hang", 0);
    while (timers.length < 2) await new Promise((resolve) => setImmediate(resolve));
    const behind = database.read("count");
    timers[1]?.();
    await expect(hanging).rejects.toMatchObject({
      problem: "unavailable",
      message: "no answer within 2000 ms",
    });
    await expect(behind).rejects.toMatchObject({ message: "its thread ended" });
    expect(await database.write("work", 0)).toBe("work");
    expect(await database.read("count")).toBe(1);
    await database.close();
  });

  test.runIf(process.platform !== "win32")("a thread that can't be ended keeps nobody waiting", async () => {
    const pipe = path.join(directory, "pipe");
    execFileSync("mkfifo", [pipe]);
    const timers = createTimers();
    const database = open({ startTimer: timers.start });
    const stuck = database.write({ waitAt: pipe }, 0);
    stuck.catch(() => {});
    while (!existsSync(`${pipe}.reached`)) await new Promise((resolve) => setImmediate(resolve));
    timers.expireAll();
    await expect(stuck).rejects.toMatchObject({ message: "no answer within 10000 ms" });
    const closed = database.close();
    while (timers.running.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(timers.running).toEqual([1000]);
    timers.expireAll();
    await closed;
    // Now the call returns, and the thread ends.
    await writeFile(pipe, "");
  });

  test("a command that fails leaves nothing behind", async () => {
    const database = open();
    await expect(database.write("throw", 0)).rejects.toMatchObject({
      problem: "unavailable",
      message: "unruly",
    });
    expect(await database.read("count")).toBe(0);
    await database.close();
  });

  test("what comes in one turn is one transaction", async () => {
    const database = open();
    await expect(
      Promise.allSettled([database.write("work", 0), database.write("throw", 0)]),
    ).resolves.toMatchObject([{ status: "rejected" }, { status: "rejected" }]);
    expect(await database.read("count")).toBe(0);
    await database.close();
  });

  test("closes twice, and without having been used", async () => {
    const database = open();
    await Promise.all([database.close(), database.close()]);
    await expect(database.write("work", 0)).rejects.toMatchObject({ message: "closed" });
  });

  test.each([
    ["a program on the command line", "--input-type=module"],
    ["a process with an option of V8", "--max-old-space-size=512"],
    ["a process with both", "--input-type=module", "--stack-size=900"],
  ])("keeps the process alive for an answer, and no longer; also for %s", async (_name, ...options) => {
    const module = new URL("../../src/store/sqlite/create-database.ts", import.meta.url);
    const program = `
      import { createDatabase } from ${JSON.stringify(module.href)};
      const database = createDatabase({
        file: ${JSON.stringify(path.join(directory, "data.sqlite"))},
        table: new URL(${JSON.stringify(new URL("./unruly-table.ts", import.meta.url).href)}),
      });
      await database.write("work", 0);
      console.log(await database.read("count"));`;
    const child = spawn(process.execPath, [...options, "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (text) => (output += String(text)));
    const [code] = await once(child, "close");
    expect({ code, output }).toEqual({ code: 0, output: "1\n" });
  });
});
