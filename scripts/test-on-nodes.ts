/**
 * Runs the tests that may fail on another Node, and then the built program, on other versions of Node (from the npm package `node`):
 * `npm run test:nodes -- 20.18.1 22`. Without versions: the oldest that package.json allows, and on the newest the
 * program alone.
 */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { tryProgram } from "./try-program.ts";

/** What a test may need that not every supported Node has; see `test/support/has-sqlite.ts`. */
const hasAll = `Boolean(process.features.typescript) && require("node:module").isBuiltin("node:sqlite")`;

/** LTS since October 2026; the suite's own Node is the one before it. */
const newest = "26";

/**
 * Tests that ask nothing of Node but the language and what the type checker knows of the oldest one's library, and of clients' packages.
 */
const sameOnAll = ["shaping", "console", "dialects", "model", "judges", "check-docs.test.ts"];

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** The command has to succeed; what it says is shown. */
function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed.`, { cause: error });
}

/** What the command prints, without line ends around it. */
function read(command: string, args: readonly string[]): string {
  return spawnSync(command, args, { encoding: "utf8" }).stdout.trim();
}

async function readOldest(): Promise<string> {
  const { engines } = JSON.parse(await readFile("package.json", "utf8")) as { engines: { node: string } };
  const oldest = /^>=([\d.]+)$/.exec(engines.node)?.[1];
  if (oldest === undefined) throw new Error(`package.json: engines.node is no lower bound: ${engines.node}`);
  return oldest;
}

/** Installs a Node; resolves to its file. */
async function install(version: string, folder: string): Promise<string> {
  const place = join(folder, version);
  // The package fetches its binary when it is installed, which a newer npm wants to be allowed.
  const settings = { private: true, allowScripts: { node: true } };
  await mkdir(place);
  await writeFile(join(place, "package.json"), JSON.stringify(settings));
  run("npm", ["install", "--silent", "--no-audit", "--no-fund", "--prefix", place, `node@${version}`]);
  return join(place, "node_modules/node/bin/node");
}

/** Runs the tests; says how many passed, and what this Node can't run. */
async function runTests(node: string, folder: string): Promise<string> {
  const file = join(folder, "report.json");
  run(node, [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile=${file}`,
    ...sameOnAll.map((name) => `--exclude=test/${name.includes(".") ? name : `${name}/**`}`),
  ]);
  const { testResults } = JSON.parse(await readFile(file, "utf8")) as Report;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const leftOut = tests.filter(({ status }) => status !== "passed").map(({ fullName }) => fullName);
  if (leftOut.length === 0) return `${tests.length} tests passed`;
  for (const name of leftOut) console.log(`not run: ${name}`);
  if (read(node, ["-p", hasAll]) === "true")
    throw new Error(`${leftOut.length} tests were left out on a Node that has all they may need.`);
  return `${tests.length - leftOut.length} tests passed, ${leftOut.length} not run (named above), which need SQLite and so Node 22.18`;
}

const given = process.argv.slice(2);
const versions = given.length > 0 ? given : [await readOldest(), newest];
const folder = await mkdtemp(join(tmpdir(), "nodes-"));
const results: string[] = [];
try {
  run("npm", ["run", "build"]);
  for (const version of versions) {
    const started = Date.now();
    const node = await install(version, folder);
    // What a newer Node takes away or warns of, the program shows.
    const isQuick = given.length === 0 && version === newest;
    const tests = isQuick ? "no tests run" : await runTests(node, folder);
    const seen = await tryProgram(node);
    const seconds = Math.round((Date.now() - started) / 1000);
    results.push(`Node ${read(node, ["--version"])}: ${tests}; the built program ${seen}; ${seconds} s`);
  }
} finally {
  await rm(folder, { recursive: true });
}
console.log(results.join("\n"));
