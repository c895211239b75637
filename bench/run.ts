/**
 * CPU of the gateway beside Node's floor (`minimal-proxy.ts`), in one run over the same upstream. The figure is
 * user + system CPU of the measured process from /proc (so: Linux), which moves far less than latency does.
 * Every reply is checked. Use: npm run build && npm run bench. What the figures mean: docs/performance.md
 */
import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent } from "undici";

const agent = new Agent({ connections: 400, pipelining: 1 });
const ticksPerSecond = 100;

interface Measured {
  readonly url: string;
  readonly process: ChildProcess;
  readonly startMs: number;
}

interface Load {
  readonly requests: number;
  readonly connections: number;
  readonly tokens: number;
  readonly stream: boolean;
  /** ms between two tokens; 0: all at once. */
  readonly every: number;
}

async function start(args: readonly string[], environment: Record<string, string> = {}): Promise<Measured> {
  const begin = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /https?:\/\/[\w.:-]+/.exec(line)?.[0];
    if (url === undefined) continue;
    // The rest of its log must be read, or it would wait for that.
    child.stdout.resume();
    return { url, process: child, startMs: performance.now() - begin };
  }
  throw new Error(`${args.join(" ")} did not start`);
}

/** CPU used so far, in µs. */
function cpuOf({ process: child }: Measured): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6;
}

/** Resident memory in kB. */
function rssOf({ process: child }: Measured): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]);
}

function socketsOf({ process: child }: Measured): number {
  const folder = `/proc/${child.pid}/fd`;
  return readdirSync(folder).filter((name) => {
    try {
      return readlinkSync(`${folder}/${name}`).startsWith("socket:");
    } catch {
      // Closed since it was listed.
      return false;
    }
  }).length;
}

async function ask(url: string, { tokens, stream, every }: Load): Promise<void> {
  const { statusCode, body } = await agent.request({
    origin: url,
    path: "/v1/chat/completions",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "bench",
      stream,
      messages: [{ role: "user", content: `tokens=${tokens}${every === 0 ? "" : ` every=${every}`}` }],
    }),
  });
  const text = await body.text();
  const complete = text.includes(`tok${tokens - 1} `) && (!stream || text.endsWith("data: [DONE]\n\n"));
  if (statusCode !== 200 || !complete) throw new Error(`wrong reply (${statusCode}): ${text.slice(-300)}`);
}

/** Runs a load. Resolves with µs of CPU for each request. */
async function run(target: Measured, load: Load): Promise<number> {
  const before = cpuOf(target);
  let left = load.requests;
  await Promise.all(
    Array.from({ length: load.connections }, async () => {
      while (left > 0) {
        left -= 1;
        await ask(target.url, load);
      }
    }),
  );
  return (cpuOf(target) - before) / load.requests;
}

function print(name: string, low: number, ours: number, digits: number): void {
  const figures = [low.toFixed(digits).padStart(8), ours.toFixed(digits).padStart(8)];
  console.log(name.padEnd(52), ...figures, (ours / low).toFixed(2).padStart(6));
}

const upstream = await start(["bench/raw-upstream.ts"]);
const floor = await start(["bench/minimal-proxy.ts", upstream.url]);
const gateway = await start(["dist/main.js", "serve"], {
  SERVER_ADDRESS: "127.0.0.1:0",
  AKASH_BASE_URL: upstream.url,
  LOG_FORMAT: "json",
  LOG_LEVEL: process.env["LOG_LEVEL"] ?? "info",
});
const targets = [floor, gateway] as const;
process.on("exit", () => {
  for (const { process: child } of [...targets, upstream]) child.kill("SIGKILL");
});

console.log("".padEnd(52), "floor".padStart(8), "gateway".padStart(8), "ratio".padStart(6));
print("from start to listening (ms)", floor.startMs, gateway.startMs, 0);
await sleep(2000);
print("RSS at rest (MB)", rssOf(floor) / 1024, rssOf(gateway) / 1024, 0);

const slow: Load = { requests: 300, connections: 300, tokens: 50, stream: true, every: 100 };
const warmUp: Load = { requests: 2000, connections: 32, tokens: 50, stream: true, every: 0 };

/** Many slow streams at once: µs for each token, kB for each stream while all are open, most sockets. */
async function measureSlow(target: Measured): Promise<readonly [number, number, number]> {
  await run(target, warmUp);
  // Once without a look, for the compiler: lone tokens take other paths than those that come at once.
  await run(target, slow);
  const before = rssOf(target);
  const running = run(target, slow);
  await sleep((slow.every * slow.tokens) / 2);
  const memory = (rssOf(target) - before) / slow.connections;
  const sockets = socketsOf(target);
  return [(await running) / slow.tokens, memory, sockets];
}

const [lowSlow, ourSlow] = [await measureSlow(floor), await measureSlow(gateway)];
print("C    300 streams, a token each 100 ms (µs/token)", lowSlow[0], ourSlow[0], 2);
print("C    kB for each open stream, roughly", lowSlow[1], ourSlow[1], 0);
print("C    sockets open, two for each stream", lowSlow[2], ourSlow[2], 0);

const scenarios: readonly (readonly [name: string, load: Load, per: number])[] = [
  [
    "A32  50 tokens, not streamed (µs/request)",
    { requests: 3000, connections: 32, tokens: 50, stream: false, every: 0 },
    1,
  ],
  [
    "B    500 tokens at once, streamed (µs/token)",
    { requests: 1000, connections: 32, tokens: 500, stream: true, every: 0 },
    500,
  ],
  [
    "D    20,000 tokens, streamed (µs/token)",
    { requests: 20, connections: 1, tokens: 20_000, stream: true, every: 0 },
    20_000,
  ],
];
for (const [name, load, per] of scenarios) {
  const best: [number, number] = [Infinity, Infinity];
  // In turns, so that what else the machine does meets both; the best of three, since it only ever adds.
  for (let round = 0; round < 3; round += 1) {
    for (const [index, target] of targets.entries()) {
      best[index] = Math.min(best[index] ?? Infinity, (await run(target, load)) / per);
    }
  }
  print(name, best[0], best[1], per === 1 ? 0 : 2);
}
print("RSS after the load (MB)", rssOf(floor) / 1024, rssOf(gateway) / 1024, 0);
await sleep(6000);
print("sockets open 6 s later (the load's own stay)", socketsOf(floor), socketsOf(gateway), 0);
await agent.close();
process.exit(0);
