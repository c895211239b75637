import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { makeFolder } from "../src/make-folder.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "make-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("makes what is missing, for this user alone, and leaves what is there", () => {
  const deep = join(folder, "a", "b");
  makeFolder(deep);
  makeFolder(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
  expect(["a", "a/b"].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o700, 0o700]);
  symlinkSync(deep, join(folder, "link"));
  makeFolder(join(folder, "link", "c"));
  expect(statSync(join(deep, "c")).isDirectory()).toBe(true);
});

test("says what is in the way", () => {
  writeFileSync(join(folder, "file"), "");
  symlinkSync(join(folder, "nowhere"), join(folder, "broken"));
  const file = join(folder, "file");
  expect(() => makeFolder(file)).toThrow(`${file} is a file, not a folder`);
  expect(() => makeFolder(join(file, "deep", "er"))).toThrow(`${file} is a file, not a folder`);
  expect(() => makeFolder(join(folder, "broken"))).toThrow("EEXIST");
});

// Node's own recursive form never ends here.
test.runIf(process.platform === "linux")("ends where a folder takes no other", () => {
  expect(() => makeFolder("/proc/x")).toThrow("ENOENT");
  expect(() => makeFolder("/proc/self/x/y")).toThrow("ENOENT");
});
