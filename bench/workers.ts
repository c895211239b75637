/**
 * What several processes are worth: CPU per request of one process, and of the primary and two workers, in interleaved rounds over the same
 * upstream. Client and upstream take CPU from them on a small machine, so that what two free cores would do is counted and not
 * timed: `2 × CPU of one process / CPU of all three`. Use (Linux): npm run build && node bench/workers.ts [--rounds 5] [--requests 3000] [--schedule none]
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { send, type Address } from "./lib/client.ts";
import { writeWish } from "./lib/marker.ts";
import { cpuOf } from "./lib/proc.ts";
import { startProcess, type Started } from "./lib/start-process.ts";
import { spreadOf } from "./lib/statistics.ts";
import { createFolder } from "./lib/targets.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string" }, requests: { type: "string" }, schedule: { type: "string" } },
});
const rounds = Number(values.rounds ?? 5);
const requests = Number(values.requests ?? 3000);
/** Of each process that serves: what a process does at once, it does together, and cheaper. */
const connections = 32;
const adminToken = "bench-admin";
/** With an `ADMIN_TOKEN` nobody is let in without a key; this one has no limits. */
const operatorToken = "bench-operator";

const { url: upstream } = await startProcess({ args: ["bench/raw-upstream.ts"], probe: false });

async function startGateway(workers: number): Promise<Started> {
  const cwd = createFolder();
  const env = {
    SERVER_ADDRESS: "127.0.0.1:0",
    AKASH_BASE_URL: upstream,
    ADMIN_TOKEN: adminToken,
    BEARER_TOKEN: operatorToken,
    WORKERS: String(workers),
    // Node's own: who gives connections to workers, the primary in turn (`rr`) or the system (`none`).
    NODE_CLUSTER_SCHED_POLICY: values.schedule ?? "rr",
    LOG_FORMAT: "json",
    XDG_CONFIG_HOME: cwd,
    HOME: cwd,
  };
  const ready = /(?<="event":"start".*"address":")[^"]+/;
  return startProcess({ args: [resolve("dist/main.js"), "serve"], env, cwd, ready, probe: false });
}

/** The process and those that it has started. */
function processesOf({ pid }: Started): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return [pid, ...children.split(" ").filter(Boolean).map(Number)];
}

const wish = writeWish({ tokens: 50, every: 0, reply: "text" });
const question = {
  path: "/v1/chat/completions",
  body: JSON.stringify({ model: "bench", max_tokens: 100, messages: [{ role: "user", content: wish }] }),
};

async function ask(address: Address, count: number, processes: number): Promise<void> {
  let left = count;
  async function one(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const { status, text } = await send(address, question);
      if (status !== 200) throw new Error(`${status}: ${text}`);
    }
  }
  await Promise.all(Array.from({ length: connections * processes }, one));
}

/** A key with five limits, none of which is reached. */
async function createKey({ url }: Started): Promise<string> {
  const { status, text } = await send(
    { url, headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" } },
    {
      path: "/admin/v1/keys",
      body: JSON.stringify({
        name: "bench",
        requests_per_minute: 1e9,
        tokens_per_minute: 1e12,
        tokens_per_day: 1e13,
        concurrency: 1000,
        budget: { tokens: 1e14, period: "day" },
      }),
    },
  );
  if (status !== 201) throw new Error(text);
  return String((JSON.parse(text) as { readonly key: unknown }).key);
}

interface Round {
  /** µs per request of each process, the first that was started first. */
  readonly cpu: readonly number[];
  readonly perSecond: number;
}

async function measure(started: Started, address: Address): Promise<Round> {
  const pids = processesOf(started);
  const serving = Math.max(1, pids.length - 1);
  const count = requests * serving;
  const before = pids.map(cpuOf);
  const begin = performance.now();
  await ask(address, count, serving);
  const seconds = (performance.now() - begin) / 1000;
  return {
    cpu: pids.map((pid, index) => (cpuOf(pid) - (before[index] ?? 0)) / count),
    perSecond: count / seconds,
  };
}

const show = (numbers: readonly number[], digits = 0): string => {
  const { median, low, high } = spreadOf(numbers);
  return `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
};
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

const [one, two] = [await startGateway(1), await startGateway(2)];
for (const withKey of [false, true]) {
  const of = async (started: Started): Promise<Address> => ({
    url: started.url,
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${withKey ? await createKey(started) : operatorToken}`,
    },
  });
  const [oneAddress, twoAddress] = [await of(one), await of(two)];
  await Promise.all([ask(oneAddress, requests, 1), ask(twoAddress, 2 * requests, 2)]);
  const [ones, twos]: [Round[], Round[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    ones.push(await measure(one, oneAddress));
    twos.push(await measure(two, twoAddress));
  }
  const ratios = ones.map(({ cpu }, index) => (2 * sum(cpu)) / sum(twos[index]?.cpu ?? []));
  console.log(withKey ? "\na key with five limits" : "without limits");
  console.log(`  one process: ${show(ones.map(({ cpu }) => sum(cpu)))} µs a request`);
  console.log(
    `  two workers: ${show(twos.map(({ cpu }) => sum(cpu.slice(1))))} µs, primary ${show(twos.map(({ cpu }) => cpu[0] ?? 0))} µs`,
  );
  console.log(
    `  share of the busier worker: ${show(
      twos.map(({ cpu }) => Math.max(...cpu.slice(1)) / sum(cpu.slice(1))),
      2,
    )}`,
  );
  console.log(`  on two free cores: ${show(ratios, 2)} times one process`);
  console.log(
    `  timed here, beside client and upstream: ${show(ones.map(({ perSecond }) => perSecond))} and ${show(twos.map(({ perSecond }) => perSecond))} requests/s`,
  );
}
await Promise.all([one.stop(), two.stop()]);
process.exit();
