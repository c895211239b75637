/** Each command once as a process: that the process' own environment, folder, streams and exit code are what commands get. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { readVersion } from "../../../src/version.ts";
import { runProgram, spawnProgram } from "../../support/run-program.ts";
import { startTeam, type Team } from "../../support/start-team.ts";

const key = "a-key";
let team: Team;
let folder: string;
beforeAll(async () => {
  team = await startTeam({ env: { BEARER_TOKEN: key } });
  folder = await mkdtemp(join(tmpdir(), "process-"));
  // What is read there shows that it is the folder of the process.
  await writeFile(join(folder, ".env"), "ADMIN_TOKEN=admin-of-this-test\nMODEL_ALIASES=mine=DeepSeek-V3.2\n");
  await writeFile(join(folder, "gateway.yaml"), `upstreams: [{ name: web, type: akash-chat }]\n`);
  await writeFile(join(folder, "key"), `${key}\n`);
});
afterAll(async () => {
  await team.close();
  await rm(folder, { recursive: true });
});

interface Expected {
  readonly args: readonly string[];
  readonly input?: string;
  readonly code: number;
  /** The first line of standard output, and of standard error. */
  readonly out?: RegExp;
  readonly err?: RegExp;
}

/** In the environment that the runs have: an upstream, and a gateway that runs. */
const environment = () => ({
  AKASH_BASE_URL: team.simulator.url,
  SERVER_ADDRESS: new URL(team.url).host,
  IMAGE_POLL_MS: "10",
  BEARER_TOKEN: key,
});

const runs: readonly Expected[] = [
  { args: ["--version"], code: 0, out: new RegExp(`^${readVersion().replaceAll(".", "\\.")}$`) },
  { args: ["--help"], code: 0, out: /^Usage: akashchat-api / },
  { args: ["chat", "--hlep"], code: 2, err: /^error: unknown option '--hlep'$/ },
  { args: ["doctor"], code: 0, out: /^ok {4}configuration {3}the upstream web$/ },
  { args: ["usage", "--json"], code: 0, out: /^\{$/ },
  { args: ["usage", "--by", "model"], code: 0, out: /^\S/ },
  { args: ["keys", "list"], code: 0, err: /^There is no key\./ },
  { args: ["keys", "create", "--name", "ci"], code: 0, out: /^akc-/, err: /^ci$/ },
  { args: ["keys", "show", "ci"], code: 0, out: /^ci$/ },
  { args: ["keys", "change", "ci", "--concurrency", "2"], code: 0, out: /^ci$/ },
  { args: ["keys", "revoke", "ci"], code: 0, out: /^ci \(key_\w+\) is revoked since / },
  { args: ["trace", "none"], code: 2, err: /none/ },
  { args: ["healthcheck"], code: 0 },
  { args: ["config", "check"], code: 0, out: /^gateway\.yaml is right\.$/ },
  { args: ["config", "schema"], code: 0, out: /^\{$/ },
  { args: ["models"], code: 0, out: /^\S+ +\d+ tokens$/, err: /^Warning: .*gateway\.yaml is not used: / },
  { args: ["chat", "-", "--model", "mine"], input: "Say hello", code: 0, out: /^\S/ },
  { args: ["image", "a cat", "--out", "cat.png"], code: 0, err: /^Warning: / },
  { args: ["connect", "codex", "--key-file", "key"], code: 0, out: /^# / },
];

const firstOf = (text: string) => text.split("\n", 1)[0];

describe("as a process", () => {
  test.for(runs)("$args", async ({ args, input = "", code, out, err }) => {
    const run = await spawnProgram(args, environment(), { input, folder });
    expect(run.code, run.stderr).toBe(code);
    expect(firstOf(run.stdout)).toMatch(out ?? /^$/);
    if (err !== undefined) expect(firstOf(run.stderr)).toMatch(err);
  });

  test("an image is written where it was started", async () => {
    expect((await readFile(join(folder, "cat.png"))).subarray(1, 4).toString("latin1")).toBe("PNG");
  });

  test.for([
    [["--help"]],
    [["srv"]],
    [["config", "check", "--json"]],
    [["connect", "continue", "--key-file", "key"]],
  ])("says the same as within this process: %j", async ([args = []]) => {
    const [apart, here] = await Promise.all([
      spawnProgram(args, environment(), { folder }),
      runProgram(args, environment(), { folder }),
    ]);
    expect(here).toEqual(apart);
  });
});
