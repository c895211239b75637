import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";

import { writeLines } from "../src/write-lines.ts";
import { program } from "./support/program.ts";

/** A descriptor of a file, which takes what is written or, opened for reading, refuses it as a full disk does. */
function openOutput(flags: "r" | "a") {
  const folder = mkdtempSync(join(tmpdir(), "output-"));
  const path = join(folder, "out");
  writeFileSync(path, "");
  const descriptor = openSync(path, flags);
  onTestFinished(() => {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  });
  return { descriptor, path };
}

test("a log that can't be written stops nothing, its last words neither", () => {
  const log = pino({}, writeLines(openOutput("r").descriptor));
  expect(() => {
    log.info("one");
    log.fatal("last");
  }).not.toThrow();
});

test("a log that can be written is, line by line", () => {
  const { descriptor, path } = openOutput("a");
  const log = pino({ base: null, timestamp: false }, writeLines(descriptor));
  log.info("one");
  expect(readFileSync(path, "utf8")).toBe('{"level":30,"msg":"one"}\n');
  log.fatal("last");
  expect(readFileSync(path, "utf8")).toBe('{"level":30,"msg":"one"}\n{"level":60,"msg":"last"}\n');
});

test("a command whose output can't be written says so in a line and fails", async () => {
  const child = spawn(process.execPath, [program, "--version"], {
    stdio: ["ignore", openOutput("r").descriptor, "pipe"],
  });
  const said = child.stderr === null ? "" : text(child.stderr);
  const [stderr, [code]] = await Promise.all([said, once(child, "exit")]);
  expect(stderr).toMatch(/^The output can't be written: .+\n$/);
  expect(code).toBe(1);
});
