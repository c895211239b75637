import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { hasSqlite } from "../support/has-sqlite.ts";
import { spawnProgram } from "../support/run-program.ts";

// A pipe that nobody reads is what the folder of a server that is gone is: opening a file there does not return.
test.runIf(hasSqlite && process.platform !== "win32").each([{ WORKERS: "1" }, { WORKERS: "2" }])(
  "a DATA_DIR that does not answer fails the start, by name, with %j",
  { timeout: 120_000 },
  async (settings) => {
    const folder = mkdtempSync(join(tmpdir(), "stuck-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    execFileSync("mkfifo", [join(folder, "responses.sqlite")]);
    const address = { SERVER_ADDRESS: "127.0.0.1:0", CONFIG_FILE: "none" };
    const run = await spawnProgram(["serve"], { ...address, DATA_DIR: folder, ...settings });
    expect(run.code).not.toBe(0);
    expect(run.stderr).toMatch(/DATA_DIR: cannot use .*responses\.sqlite: no answer within/);
  },
);
