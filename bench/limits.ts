/**
 * Shows what keys' limits cost: requests at a steady rate, each a reservation over five limits (requests and tokens a minute, tokens a day,
 * requests at once, a shared budget) that is settled a moment later, without limits, with them in memory, and with the journal in a
 * file. Printed is what the main thread and all threads use for a request beyond the first, how long a reservation waits, how many
 * transactions were written, and at the end the memory of an open reservation.
 * Use: node bench/limits.ts [--rate 2000] [--seconds 5] [--keys 50] [--unit tokens|nano-usd] [--rounds 3]
 */
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import type { Limit, Limits, Reservation } from "../src/access/limits.ts";
import { createMemoryLimits } from "../src/store/memory/memory-limits.ts";
import { openLocalState } from "../src/store/sqlite/open-local-state.ts";

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "2000" },
    seconds: { type: "string", default: "5" },
    keys: { type: "string", default: "50" },
    unit: { type: "string", default: "tokens" },
    rounds: { type: "string", default: "3" },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const tickMs = 5;

const budget: Limit = {
  id: "bud_shared",
  kind: "budget",
  unit: values.unit === "nano-usd" ? "nano-usd" : "tokens",
  period: "month",
  cap: 1e12,
};
const limitsOfKeys = Array.from({ length: Number(values.keys) }, (_, key): readonly Limit[] => [
  { id: `key_${key}.requests-per-minute`, kind: "rate", unit: "requests", period: "minute", cap: 1e9 },
  { id: `key_${key}.tokens-per-minute`, kind: "rate", unit: "tokens", period: "minute", cap: 1e12 },
  { id: `key_${key}.tokens-per-day`, kind: "rate", unit: "tokens", period: "day", cap: 1e12 },
  { id: `key_${key}.concurrency`, kind: "concurrency", unit: "requests", period: undefined, cap: 1e9 },
  budget,
]);

function reservation(number: number): Reservation {
  const limits = limitsOfKeys[number % limitsOfKeys.length] ?? [];
  return {
    id: `request ${number}`,
    keys: [`key_${number % limitsOfKeys.length}`],
    takes: limits.map((limit) => ({ limit, amount: limit.unit === "requests" ? 1 : 900 })),
  };
}

const off: Limits = {
  reserve: async () => undefined,
  settle: () => {},
  look: async () => [],
  forget: async () => {},
  flush: async () => {},
};

interface Figures {
  readonly mainMicros: number;
  readonly allMicros: number;
  /** Of each reservation, in ms, sorted. */
  readonly waits: readonly number[];
}

async function run(limits: Limits): Promise<Figures> {
  const waits: number[] = [];
  let requests = 0;
  async function ask(): Promise<void> {
    requests += 1;
    const wanted = reservation(requests);
    const begun = performance.now();
    await limits.reserve(wanted);
    waits.push(performance.now() - begun);
    await sleep(tickMs);
    limits.settle(wanted.id, { tokens: 700, nanoUsd: 700 });
  }
  const main = process.threadCpuUsage();
  const all = process.cpuUsage();
  const begin = performance.now();
  while (performance.now() - begin < seconds * 1000) {
    const due = ((performance.now() - begin) / 1000) * rate;
    while (requests < due) void ask();
    await sleep(tickMs);
  }
  await sleep(4 * tickMs);
  await limits.flush();
  const [mainUsed, allUsed] = [process.threadCpuUsage(main), process.cpuUsage(all)];
  return {
    mainMicros: (mainUsed.user + mainUsed.system) / requests,
    allMicros: (allUsed.user + allUsed.system) / requests,
    waits: waits.sort((one, other) => one - other),
  };
}

/** SQLite counts the transactions that changed a file in its header (https://sqlite.org/fileformat2.html#file_change_counter). */
async function countCommits(file: string): Promise<number> {
  await using handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 24);
  return buffer.readUInt32BE();
}

function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

const directory = await mkdtemp(path.join(tmpdir(), "bench-limits-"));
const file = path.join(directory, "gateway.sqlite");
const memory = () => createMemoryLimits({ now: Date.now, isRevoked: () => false });
const log = { info: console.log, error: console.error };
const state = await openLocalState({ directory, now: Date.now, log });

/** The round that cost least: other processes only ever add. */
async function runBest(limits: Limits): Promise<Figures> {
  // Once for the compiler.
  await run(limits);
  let best = await run(limits);
  for (let round = 1; round < rounds; round += 1) {
    const next = await run(limits);
    if (next.mainMicros < best.mainMicros) best = next;
  }
  return best;
}

const base = await runBest(off);
for (const [name, limits] of Object.entries({ memory: memory(), journal: state.limits })) {
  const commits = await countCommits(file);
  const { mainMicros, allMicros, waits } = await runBest(limits);
  const at = (share: number) => (waits[Math.floor(share * (waits.length - 1))] ?? 0).toFixed(3);
  const transactions = ((await countCommits(file)) - commits) / (rounds + 1);
  console.log(
    `${name}: main thread ${(mainMicros - base.mainMicros).toFixed(1)} µs a request, all ${(allMicros - base.allMicros).toFixed(1)} µs, ` +
      `wait p50 ${at(0.5)} p99 ${at(0.99)} most ${at(1)} ms, ${waits.length} requests in ${Math.round(transactions)} transactions`,
  );
}
await state.close();
await rm(directory, { recursive: true });

const held = memory();
const before = heapBytes();
for (let number = 0; number < 100_000; number += 1) await held.reserve(reservation(number));
const bytes = Math.round((heapBytes() - before) / 100_000);
const [{ held: sum } = { held: 0 }] = await held.look([budget]);
console.log(`an open reservation: ${bytes} bytes (${sum} held)`);
