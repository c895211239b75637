import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import module from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { program } from "../support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "compile-cache-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(environment: NodeJS.ProcessEnv): string {
  return execFileSync(process.execPath, [program, "--version"], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], XDG_CACHE_HOME: folder, ...environment },
  });
}

const hasCache = "enableCompileCache" in module;

test("what V8 compiles is kept in the user's cache folder, where Node can", () => {
  expect(run({})).toMatch(/^\d+\.\d+\.\d+/);
  expect(existsSync(join(folder, "akashchat-api", "compiled"))).toBe(hasCache);
});

test("and nowhere if that is turned off", () => {
  run({ NODE_DISABLE_COMPILE_CACHE: "1" });
  expect(existsSync(join(folder, "akashchat-api"))).toBe(false);
});

test("nowhere in a working folder that a relative path leads to", () => {
  run({ XDG_CACHE_HOME: "relative", HOME: folder });
  expect(existsSync("relative")).toBe(false);
  expect(existsSync(join(folder, ".cache", "akashchat-api", "compiled"))).toBe(hasCache);
});

test("a folder that can't be written is no reason not to start", () => {
  expect(run({ XDG_CACHE_HOME: program })).toMatch(/^\d+\.\d+\.\d+/);
});
