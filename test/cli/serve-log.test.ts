import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { afterEach, beforeEach, expect, test } from "vitest";

import { readVersion } from "../../src/version.ts";
import { hasSqlite } from "../support/has-sqlite.ts";
import { startSimulator, type Simulator } from "../../src/simulator/index.ts";
import type { AnyJson } from "../support/post.ts";
import { program } from "../support/program.ts";

let simulator: Simulator;
let folder: string;
beforeEach(async () => {
  simulator = await startSimulator();
  folder = mkdtempSync(join(tmpdir(), "serve-log-"));
});
afterEach(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

/** Starts the gateway, stops it as soon as it has logged something, and gives all that it wrote. */
async function runOnce(environment: Record<string, string>): Promise<string[]> {
  const child = spawn(process.execPath, [program, "serve"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env["PATH"],
      SERVER_ADDRESS: "localhost:0",
      AKASH_BASE_URL: simulator.url,
      ...environment,
    },
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (lines.push(line) === 1) child.kill("SIGTERM");
  }
  return lines;
}

test("the log begins with what runs where, once, and ends with the stop", async () => {
  const { host } = new URL(simulator.url);
  const lines = await runOnce({
    BEARER_TOKEN: "s3cret",
    LOG_FORMAT: "json",
    AKASH_BASE_URL: `http://somebody:s3cret@${host}/chat/`,
    AKASHML_API_KEY: "s3cret",
    COMPATIBLE_BASE_URL: "http://gpu:8000",
    COMPATIBLE_API_KEY: "s3cret",
    ...(hasSqlite ? { DATA_DIR: folder } : {}),
  });
  expect(lines.join("")).not.toContain("s3cret");
  const entries = lines.map((line): AnyJson => JSON.parse(line));
  expect(entries).toEqual([
    {
      level: 30,
      time: expect.any(Number),
      event: "start",
      version: readVersion(),
      address: expect.stringMatching(/^http:\/\/localhost:\d+$/),
      upstreams: [
        {
          name: "akash-chat",
          url: `http://${host}/chat`,
        },
        { name: "akashml", url: "https://api.akashml.com/v1" },
        { name: "compatible", url: "http://gpu:8000" },
      ],
      auth: true,
      keptIn: hasSqlite ? "files" : "memory",
      dataDir: hasSqlite ? folder : null,
      node: process.version,
      msg: expect.stringMatching(/^akashchat-api \S+ is listening at http:\/\/localhost:\d+$/),
    },
    expect.objectContaining({ event: "stopping", running: 0, requests: [], timeoutMs: 30_000 }),
    expect.objectContaining({ event: "stopped" }),
  ]);
});

test("for people it says the same in words", async () => {
  const [start, ...stop] = await runOnce({ LOG_FORMAT: "pretty" });
  expect(start).toMatch(/^\d\d:\d\d:\d\d akashchat-api \S+ is listening at http:\/\/localhost:\d+$/);
  expect(stop.map((line) => line.slice(9))).toEqual(["stopping: nothing is under way", "stopped"]);
});
