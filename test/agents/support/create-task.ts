import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A small repository with a failing test, and a home folder for the agent. */
export interface Task extends AsyncDisposable {
  readonly folder: string;
  readonly home: string;
  /** The source file as it is now. */
  readSource(): Promise<string>;
  /** Runs the repository's own test; true when it passes. */
  passes(): Promise<boolean>;
}

/** The line that is wrong, and what it must become. */
export const bug = { wrong: "return a - b;", right: "return a + b;" } as const;

/** Makes the repository in a temporary folder: `sum.js`, `sum.test.js`, `package.json`, one commit. */
export async function createTask(): Promise<Task> {
  // The agents report real paths, and macOS keeps its temporary folder behind a link.
  const root = await realpath(await mkdtemp(join(tmpdir(), "agent-task-")));
  const folder = join(root, "repo");
  const home = join(root, "home");
  await mkdir(folder);
  await mkdir(home);
  await writeFile(join(folder, "package.json"), '{ "name": "task", "type": "module" }\n');
  await writeFile(join(folder, "sum.js"), `export function sum(a, b) {\n  ${bug.wrong}\n}\n`);
  await writeFile(
    join(folder, "sum.test.js"),
    [
      'import assert from "node:assert/strict";',
      'import test from "node:test";',
      'import { sum } from "./sum.js";',
      "",
      'test("adds", () => assert.equal(sum(2, 3), 5));',
      "",
    ].join("\n"),
  );
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
  const git = (...args: string[]) => run("git", [...identity, ...args], { cwd: folder });
  await git("init", "-q");
  await git("add", ".");
  await git("commit", "-qm", "start");
  return {
    folder,
    home,
    readSource: () => readFile(join(folder, "sum.js"), "utf8"),
    async passes() {
      // A test runner inside a test runner would report to its parent instead of failing.
      const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
      try {
        await run("node", ["--test", "sum.test.js"], { cwd: folder, env });
        return true;
      } catch {
        return false;
      }
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}
