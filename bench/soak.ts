/**
 * A soak: mixed requests in all dialects, faults, clients that leave and clients that read slowly, against a gateway in
 * a process of its own over a simulator in another. Fails when an answer holds what it must not, never ends or is none
 * that its API allows, and when anything is left at the end. Use: npm run soak -- --requests 20000.
 * What it prints and what the figures mean: docs/performance.md
 */
import { parseArgs } from "node:util";

import { measureAbandonment, percentile } from "./soak/abandonment.ts";
import { createTally, drive } from "./soak/drive.ts";
import { findLeftovers, settle, type Round } from "./soak/leftovers.ts";
import { printReport, toReport } from "./soak/report.ts";
import { createSender } from "./soak/send.ts";
import { startProcess } from "./soak/start-process.ts";
import type { SeenChat } from "./soak/upstream.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "2000" },
    clients: { type: "string", default: "50" },
    rate: { type: "string", default: "0" },
    seed: { type: "string", default: String(process.pid) },
    gateway: { type: "string", default: "src/main.ts" },
    node: { type: "string" },
    flag: { type: "string", multiple: true, default: [] },
    // Later than this it was a time-out that closed the upstream request, not the client's leaving.
    p99: { type: "string", default: "1500" },
    json: { type: "boolean", default: false },
  },
});

function toCount(name: "requests" | "clients" | "rate" | "p99", minimum: number): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= minimum) return number;
  throw new Error(`--${name} must be a whole number, at least ${minimum}`);
}

const requests = toCount("requests", 100);
const clients = toCount("clients", 1);
const rate = toCount("rate", 0);
/** ms; 0: however long it takes. */
const p99 = toCount("p99", 0);
const { seed } = values;
if (!/^[\w-]+$/.test(seed)) throw new Error("--seed may have letters, digits and hyphens");

/** For each request; the longest that is planned is a third of it. */
const limitMs = 20_000;
/** What the clients send before anything is compared: code is compiled, tables are read, stores are filled. */
const warmUp = Math.min(1000, Math.ceil(requests / 4));
const deadline = performance.now() + 120_000 + requests * (rate === 0 ? 50 : 50 + 1000 / rate);

if (!values.json)
  console.log(`soak: ${requests} requests, ${clients} clients, ${rate} a second, seed ${seed}`);
const upstream = await startProcess(["bench/soak/upstream.ts"]);
const gateway = await startProcess([values.gateway, "serve"], {
  node: values.node,
  flags: values.flag,
  environment: {
    SERVER_ADDRESS: "127.0.0.1:0",
    AKASH_BASE_URL: upstream.url,
    LOG_FORMAT: "json",
    LOG_LEVEL: "info",
    // Short, so that heads, heartbeats and time-outs all come into play.
    RESPONSE_HOLD_MS: "150",
    HEARTBEAT_MS: "100",
    FIRST_BYTE_TIMEOUT_MS: "2500",
    IMAGE_POLL_MS: "20",
    // Full long before the end, so that what grows is a leak.
    STORED_RESPONSES: "400",
    MODELS_CACHE_MS: "5000",
  },
});
const sender = createSender(gateway.url, limitMs);
const warm = createTally();
const tally = createTally();
const rounds: Round[] = [];
const parts = { gateway, upstream, sender };

await drive({ seed: `${seed}-warm`, first: 0, count: warmUp, clients, rate, sender, deadline }, warm);
rounds.push(await settle(parts, { requests: 0, counts: true }));
let busySeconds = 0;
const quarter = Math.ceil(requests / 4);
for (let first = 0; first < requests; first += quarter) {
  const count = Math.min(quarter, requests - first);
  const begin = performance.now();
  await drive({ seed, first, count, clients, rate, sender, deadline }, tally);
  busySeconds += (performance.now() - begin) / 1000;
  rounds.push(await settle(parts, { requests: first + count, counts: first + count === requests }));
}

const chats = await upstream.ask<readonly SeenChat[]>("chats", "chats");
const abandonment = measureAbandonment(tally.left, chats);
const cold = measureAbandonment(warm.left, chats);
const exitCode = await gateway.stop(10_000);
await upstream.stop(10_000);
const nearlyAll = percentile(abandonment.times, 0.99);
const problems = [
  ...warm.failures,
  ...tally.failures,
  ...findLeftovers(rounds),
  ...abandonment.open.map((tag) => `never closed: the upstream request of ${tag}`),
  ...gateway.complaints.map((line) => `the gateway says: ${line}`),
  ...upstream.complaints.map((line) => `the upstream says: ${line}`),
  ...(p99 > 0 && nearlyAll > p99 ? [`slow: p99 is ${nearlyAll.toFixed(0)} ms, more than ${p99} ms`] : []),
  ...(exitCode === 0 ? [] : [`the gateway ended with ${exitCode ?? "a kill"} when it was asked to end`]),
];
const report = toReport({
  seed,
  requests,
  clients,
  rate,
  tally,
  rounds,
  abandonment,
  cold,
  chats,
  busySeconds,
  problems,
});
if (values.json) console.log(JSON.stringify(report));
else printReport(report);
process.exit(problems.length === 0 ? 0 : 1);
