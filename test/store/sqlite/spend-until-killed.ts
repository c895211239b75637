/**
 * A process that is killed in the middle of its work, by itself: spends tokens and money as fast as it can, and writes each step into a
 * file before it takes the next. Arguments: the folder, the cap of the money, that file, and how many steps it has, or none: then it ends
 * at the first refusal.
 */
import { openSync, writeSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";

import { openLocalState } from "../../../src/store/sqlite/open-local-state.ts";
import { spendingLimits } from "./spending-limits.ts";

const [, , directory = "", cap = "", file = "", steps = "Infinity"] = process.argv;
const output = openSync(file, "w");
let said = 0;
const { limits } = await openLocalState({
  directory,
  now: Date.now,
  // However slow the disk is.
  database: { lockWaitMs: 600_000, answerWaitMs: 600_000 },
  log: { info: () => {}, error: (fields: unknown) => say("failed", JSON.stringify(fields)) },
});
const { tokens, money, requests, atOnce } = spendingLimits(Number(cap));
let spentTokens = 0;
let spentMoney = 0;
let last = 0;

function say(what: string, value: string | number): void {
  writeSync(output, `${what} ${value}\n`);
  said += 1;
  if (said >= Number(steps) || what === "refused") process.kill(process.pid, "SIGKILL");
}

async function spend(): Promise<never> {
  for (;;) {
    last += 1;
    const id = `${process.pid}.${last}`;
    const amount = 1 + (last % 40);
    const refusal = await limits.reserve({
      id,
      keys: [],
      takes: [
        { limit: requests, amount: 1 },
        { limit: tokens, amount },
        { limit: atOnce, amount: 1 },
        { limit: money, amount },
      ],
    });
    if (refusal !== undefined) say("refused", refusal.kind);
    // Now the upstream would be asked: all that it may cost is spent, whatever becomes of this process.
    spentMoney += amount;
    say("money", spentMoney);
    if (last % 3 === 0) await turn();
    say("tokens", spentTokens + amount);
    spentTokens += amount;
    limits.settle(id, { tokens: amount, nanoUsd: amount });
    if (last % 5 === 0) await turn();
  }
}

async function keep(): Promise<never> {
  for (;;) {
    const settled = spentTokens;
    await limits.flush();
    say("kept", settled);
    await turn();
  }
}

await Promise.all([keep(), ...Array.from({ length: 20 }, spend)]);
