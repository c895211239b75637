import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import type { Limit } from "../../../src/access/limits.ts";
import { openLocalState } from "../../../src/store/sqlite/open-local-state.ts";
import { hasSqlite } from "../../support/has-sqlite.ts";
import { recordWatch } from "../open-store.ts";
import { spendingLimits } from "./spending-limits.ts";

const program = fileURLToPath(new URL("./spend-until-killed.ts", import.meta.url));

/** What a process said it did before it was killed. */
interface Said {
  readonly money: number;
  readonly tokens: number;
  readonly kept: number;
  readonly text: string;
}

/** Lets a process spend until it is killed after so many steps, or else at the first refusal. */
async function spendAndKill(directory: string, cap: number, steps?: number): Promise<Said> {
  const output = path.join(directory, "said");
  const options = [directory, String(cap), output, ...(steps === undefined ? [] : [String(steps)])];
  const child = spawn(process.execPath, ["--no-warnings", program, ...options], { stdio: "inherit" });
  const [code, signal] = await once(child, "exit");
  expect([code, signal]).toEqual([null, "SIGKILL"]);
  const text = await readFile(output, "utf8");
  const said = text.split("\n");
  const lastOf = (what: string) =>
    Number(said.findLast((line) => line.startsWith(`${what} `))?.slice(what.length + 1) ?? 0);
  return { money: lastOf("money"), tokens: lastOf("tokens"), kept: lastOf("kept"), text };
}

async function readUsed(directory: string, limits: readonly Limit[]): Promise<readonly number[]> {
  const { options } = recordWatch();
  const state = await openLocalState({ ...options, now: Date.now, directory });
  const states = await state.limits.look(limits);
  expect(states.map(({ held }) => held)).toEqual(limits.map(() => 0));
  await state.close();
  return states.map(({ used }) => used);
}

test.runIf(hasSqlite)(
  "after kill -9 no money is forgotten, and no more tokens than in the batch that was not written; money is never overdrawn",
  async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "killed-"));
    const cap = 200_000;
    const { tokens, money } = spendingLimits(cap);
    let [tokensBefore, moneyBefore, allMoney] = [0, 0, 0];
    // Before anything is spent, soon after, in the middle, and once more.
    for (const steps of [1, 400, 5000, 1000]) {
      const said = await spendAndKill(directory, cap, steps);
      expect(said.text).not.toContain("failed");
      const [tokensUsed = 0, moneyUsed = 0] = await readUsed(directory, [tokens, money]);
      expect(tokensUsed).toBeGreaterThanOrEqual(tokensBefore + said.kept);
      expect(tokensUsed).toBeLessThanOrEqual(tokensBefore + said.tokens);
      expect(moneyUsed).toBeGreaterThanOrEqual(moneyBefore + said.money);
      expect(moneyUsed).toBeLessThanOrEqual(cap);
      allMoney += said.money;
      [tokensBefore, moneyBefore] = [tokensUsed, moneyUsed];
    }
    expect(allMoney).toBeGreaterThan(0);
    // What is left is spent by one that nobody kills before it was refused.
    const last = await spendAndKill(directory, cap);
    expect(last.text).toContain("refused limit");
    expect(allMoney + last.money).toBeLessThanOrEqual(cap);
    await rm(directory, { recursive: true });
  },
  // Most of it is the start of processes and of threads, from source: 1 s for each where nothing else runs, several on a busy machine.
  120_000,
);
