import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";

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

test("lines of one turn are written in their order, the first at once, all before the next turn", async () => {
  const { descriptor, path } = openOutput("a");
  const out = writeLines(descriptor);
  const shown = (): string => readFileSync(path, "utf8");
  for (const line of ["1\n", "2\n", "3\n"]) out.write(line);
  expect(shown()).toBe("1\n");
  await nextTurn();
  expect(shown()).toBe("1\n2\n3\n");
  out.write("4\n");
  expect(shown()).toBe("1\n2\n3\n4\n");
});

test.each([
  ["process.exit()", "process.exit(0)"],
  ["an error that nobody catches", "throw new Error('not caught')"],
  ["a rejection that nobody catches", "await Promise.reject(new Error('not caught'))"],
  ["its own end", ""],
  [
    "its own end, at which more is told",
    `process.once("exit", () => { out.write("a\\n"); out.write("b\\n"); })`,
    "a\nb\n",
  ],
])("no line is lost at the end of the process by %s", async (_name, end, more = "") => {
  const lines = Array.from({ length: 50 }, (_, index) => `${index}\n`);
  const script = `import { writeLines } from ${JSON.stringify(program.replace(/main(?=\.[jt]s$)/, "write-lines"))};
const out = writeLines(1);
for (const line of ${JSON.stringify(lines)}) out.write(line);
${end}`;
  const child = spawn(process.execPath, [...process.execArgv, "--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  expect(await text(child.stdout)).toBe(`${lines.join("")}${more}`);
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
