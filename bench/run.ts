/**
 * CPU of the gateway beside Node's floor (`minimal-proxy.ts`), in one run over the same upstream. The figure is
 * user + system CPU of the measured process from /proc (so: Linux), which moves far less than latency does.
 * Every reply is checked. Use: npm run build && npm run bench
 */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Agent } from "undici";

const agent = new Agent({ connections: 64, pipelining: 1 });
const ticksPerSecond = 100;

interface Measured {
  readonly url: string;
  readonly process: ChildProcess;
}

async function start(args: readonly string[], environment: Record<string, string> = {}): Promise<Measured> {
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /https?:\/\/[\w.:-]+/.exec(line)?.[0];
    if (url !== undefined && /listening at|^http/.test(line)) return { url, process: child };
  }
  throw new Error(`${args.join(" ")} did not start`);
}

/** CPU used so far, in µs. */
function cpuOf({ process: child }: Measured): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6;
}

function rssOf({ process: child }: Measured): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024;
}

async function ask(url: string, tokens: number, stream: boolean): Promise<void> {
  const { statusCode, body } = await agent.request({
    origin: url,
    path: "/v1/chat/completions",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "bench",
      stream,
      messages: [{ role: "user", content: `tokens=${tokens}` }],
    }),
  });
  const text = await body.text();
  const complete = text.includes(`tok${tokens - 1} `) && (!stream || text.endsWith("data: [DONE]\n\n"));
  if (statusCode !== 200 || !complete) throw new Error(`wrong reply (${statusCode}): ${text.slice(-300)}`);
}

/** µs of CPU for each request, best of three rounds. */
async function measure(
  target: Measured,
  requests: number,
  connections: number,
  tokens: number,
  stream: boolean,
): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 3; round += 1) {
    const before = cpuOf(target);
    let left = requests;
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (left > 0) {
          left -= 1;
          await ask(target.url, tokens, stream);
        }
      }),
    );
    best = Math.min(best, (cpuOf(target) - before) / requests);
  }
  return best;
}

const upstream = await start(["bench/raw-upstream.ts"]);
const floor = await start(["bench/minimal-proxy.ts", upstream.url]);
const gateway = await start(["dist/main.js", "serve"], {
  SERVER_ADDRESS: "127.0.0.1:0",
  AKASH_BASE_URL: upstream.url,
  LOG_FORMAT: "json",
  LOG_LEVEL: process.env["LOG_LEVEL"] ?? "info",
});
gateway.process.stdout?.resume();

const processes = [gateway, floor, upstream];
process.on("exit", () => {
  for (const { process: child } of processes) child.kill("SIGKILL");
});

const scenarios = [
  {
    name: "A32  50 tokens, not streamed (µs/request)",
    requests: 3000,
    connections: 32,
    tokens: 50,
    stream: false,
    per: 1,
  },
  {
    name: "B    500 tokens at once, streamed (µs/token)",
    requests: 1000,
    connections: 32,
    tokens: 500,
    stream: true,
    per: 500,
  },
  {
    name: "D    20,000 tokens, streamed (µs/token)",
    requests: 20,
    connections: 1,
    tokens: 20_000,
    stream: true,
    per: 20_000,
  },
] as const;
console.log("scenario".padEnd(48), "floor".padStart(8), "gateway".padStart(8), "ratio".padStart(6));
for (const { name, requests, connections, tokens, stream, per } of scenarios) {
  const [low, ours] = [
    (await measure(floor, requests, connections, tokens, stream)) / per,
    (await measure(gateway, requests, connections, tokens, stream)) / per,
  ];
  console.log(
    name.padEnd(48),
    low.toFixed(2).padStart(8),
    ours.toFixed(2).padStart(8),
    (ours / low).toFixed(2).padStart(6),
  );
}
console.log(
  "RSS after the load (MB)".padEnd(48),
  rssOf(floor).toFixed(0).padStart(8),
  rssOf(gateway).toFixed(0).padStart(8),
);
await agent.close();
process.exit(0);
