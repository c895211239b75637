/**
 * Fills a ledger in a file with a month of requests, then asks what `usage --by` and a console ask, and prints how long both took. The
 * rows are the same each time. Use: node bench/ledger.ts [--rows 1000000] [--rounds 7] [--hours 720]; `--hours 2` is a burst.
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import type { LedgerGroup } from "../src/ledger/ledger.ts";
import type { LedgerRow } from "../src/ledger/ledger-row.ts";
import { dayMs, hourMs } from "../src/ledger/time-names.ts";
import { type SpanName, spans, windowAt } from "../src/server/status/spans.ts";
import { createSqliteLedger } from "../src/store/sqlite/ledger/create-sqlite-ledger.ts";
import { quantile } from "./lib/statistics.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "7" },
    hours: { type: "string", default: "720" },
  },
});
const count = Number(values.rows);
const rounds = Number(values.rounds);
const end = Date.UTC(2026, 10, 27, 9, 30);
const start = end - Number(values.hours) * hourMs;
const keys = 40;
const models = ["DeepSeek-V3.2", "Qwen3", "Llama-4", "GLM-4.6", "gpt-oss-120b", "Kimi-K2", "MiniMax-M2"];
const clients = [
  "claude-cli/2.1.332 (external, cli)",
  "codex_exec/0.171.0",
  "opencode/1.18.33",
  "OpenAI/JS 7.0",
];

const groups: readonly LedgerGroup[] = [
  "key",
  "model",
  "upstream",
  "dialect",
  "error",
  "client",
  "day",
  "hour",
];
// The names of `spans`.
const spanNames = Object.keys(spans) as SpanName[];

/** Numbers that look like chance, from 0 up to 1; the same each time. */
function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

const chance = createChance(14);
const below = (limit: number) => Math.floor(chance() * limit);

function createRow(index: number): LedgerRow {
  const at = start + Math.floor((index / count) * (end - start));
  const key = below(keys + 1);
  const model = models[Math.floor(chance() ** 2 * models.length)] ?? "none";
  const luck = chance();
  const upstream = luck < 0.7 ? "akashml" : "web";
  const common = {
    id: `req_${below(4_294_967_296).toString(36)}${index.toString(36)}`,
    at,
    ...(key === keys ? {} : { key: `key_${key}` }),
    dialect: luck < 0.5 ? "anthropic-messages" : "openai-chat",
    route: luck < 0.5 ? "POST /v1/messages" : "POST /v1/chat/completions",
    requestedModel: luck < 0.5 ? "claude-sonnet-4-5" : model,
    client: clients[below(clients.length)] ?? "none",
    ...(luck < 0.6
      ? { session: `0b8f9e8e-53a4-4a0a-9c53-${Math.floor(index / 20 + below(40)).toString(16)}` }
      : {}),
    ms: 100 + below(20_000),
  };
  if (luck > 0.98) return { ...common, outcome: "refused", attempts: [], status: 429, error: "rate-limited" };
  return {
    ...common,
    outcome: luck > 0.95 ? "failed" : luck > 0.93 ? "left" : "answered",
    model,
    upstream,
    attempts: [{ upstream, model, outcome: luck > 0.95 ? "overloaded" : "answered", ms: 400 }],
    status: 200,
    ...(luck > 0.95
      ? { error: "overloaded" as const }
      : { finish: "stop" as const, firstTokenMs: 100 + below(3000) }),
    stream: luck < 0.8,
    inputTokens: below(20_000),
    outputTokens: below(2000),
    reasoningTokens: below(500),
    estimated: false,
    nanoUsd: below(20_000_000),
    repairs: 0,
    retries: 0,
  };
}

const directory = await mkdtemp(path.join(tmpdir(), "bench-ledger-"));
const log = { error: console.error, info: console.error };
const ledger = createSqliteLedger({ directory, days: 30, limitBytes: 4_294_967_296, now: () => end, log });
try {
  await fill();
  await measureQuestions();
} finally {
  await ledger.close();
  await rm(directory, { recursive: true });
}

/** What `work` costs the main thread, in µs. */
async function measureCpu(work: () => void | Promise<void>): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return user + system;
}

async function fill(): Promise<void> {
  const batch = 1000;
  const warm = Math.min(count, 100_000);
  // What it costs to make a row is not the ledger's. It is made twice, since the first time warms up.
  let making = 0;
  for (let round = 0; round < 2; round += 1) {
    making = await measureCpu(() => {
      for (let index = 0; index < warm; index += 1) createRow(index);
    });
  }
  const begun = performance.now();
  const all = process.cpuUsage();
  const main = await measureCpu(async () => {
    for (let first = 0; first < count; first += batch) {
      for (let index = first; index < Math.min(count, first + batch); index += 1)
        ledger.add(createRow(index));
      await ledger.flush();
    }
  });
  const ms = performance.now() - begun;
  const { user, system } = process.cpuUsage(all);
  const { size } = await stat(path.join(directory, "ledger.sqlite"));
  console.log(`${count} rows in ${(ms / 1000).toFixed(1)} s, ${ledger.dropped} dropped`);
  console.log(
    `main thread   ${(main / count - making / warm).toFixed(2)} µs of CPU a row, without making it`,
  );
  console.log(`its thread    ${((user + system - main) / count).toFixed(1)} µs of CPU a row`);
  console.log(`file          ${Math.round(size / count)} bytes a row`);
}

async function measure(name: string, ask: () => Promise<{ length: number }>): Promise<void> {
  const times: number[] = [];
  const cpu: number[] = [];
  let found = 0;
  for (let round = 0; round < rounds; round += 1) {
    const [begun, before] = [performance.now(), process.cpuUsage()];
    found = (await ask()).length;
    const { user, system } = process.cpuUsage(before);
    times.push(performance.now() - begun);
    cpu.push((user + system) / 1000);
  }
  const figures = [quantile(times, 0.5), quantile(times, 1), quantile(cpu, 0.5), quantile(cpu, 0)];
  const told = [...figures.map((ms) => ms.toFixed(1)), String(found)].map((text) => text.padStart(7));
  console.log(`${name.padEnd(46)} ${told.join(" ")}`);
}

async function measureQuestions(): Promise<void> {
  console.log(`\n${"question".padEnd(46)}  median slowest     CPU   least   found (ms, ${rounds} rounds)`);
  const month = { from: start, to: end + 1 };
  const sum = (name: string, query: Parameters<typeof ledger.sum>[0]) =>
    measure(name, () => ledger.sum(query));
  const list = (name: string, query: Omit<Parameters<typeof ledger.list>[0], "limit">) =>
    measure(`newest 100${name}`, async () => (await ledger.list({ ...query, limit: 100 })).rows);
  const activity = (name: string, span: SpanName, key?: string) =>
    measure(name, async () => {
      const query = { ...windowAt(span, end), ...(key === undefined ? {} : { key }) };
      return (await ledger.activity(query)).steps;
    });
  const today = end - (end % dayMs);
  await sum("30 days by key and model", { by: ["key", "model"], from: today - 29 * dayMs });
  await sum("30 days by key", { by: ["key"], from: today - 29 * dayMs });
  await sum("30 days to the minute by key and model", { by: ["key", "model"], ...month });
  await sum("30 days to the minute by day", { by: ["day"], ...month });
  await sum("30 days of a key by day and model", { by: ["day", "model"], key: "key_7", ...month });
  await sum("all by model", { by: ["model"] });
  await sum("24 h by hour", { by: ["hour"], from: end - 24 * hourMs, to: end });
  await sum("24 h by hour and model", { by: ["hour", "model"], from: end - 24 * hourMs, to: end });
  await sum("30 days by hour", { by: ["hour"], ...month });
  for (const group of groups) await sum(`30 days by ${group}`, { by: [group], from: today - 29 * dayMs });
  for (const [index, group] of groups.entries())
    for (const other of groups.slice(index + 1))
      await sum(`30 days by ${group} and ${other}`, { by: [group, other], from: today - 29 * dayMs });
  for (const group of groups.filter((name) => name !== "key")) {
    await sum(`30 days of a key by ${group}`, { by: [group], key: "key_7", ...month });
    for (const other of ["model", "client"] as const)
      if (group !== other)
        await sum(`30 days of a key by ${other} and ${group}`, {
          by: [other, group],
          key: "key_7",
          ...month,
        });
  }
  for (const group of groups.filter((name) => name !== "model")) {
    await sum(`30 days of a model by ${group}`, { by: [group], model: "Qwen3", ...month });
    if (group !== "key")
      await sum(`30 days of a model by key and ${group}`, { by: ["key", group], model: "Qwen3", ...month });
  }
  for (const span of spanNames) {
    await activity(`what happened in ${span}`, span);
    await activity(`what a key did in ${span}`, span, "key_7");
  }
  const [known] = (await ledger.list({ limit: 1, from: end - 20 * dayMs, to: end - 19 * dayMs })).rows;
  await list("", {});
  await list(" of a key", { key: "key_7" });
  await list(" of a key without any", { key: "key_none" });
  await list(" without a key", { key: null });
  await list(" of a model", { model: "GLM-4.6" });
  await list(" of an upstream", { upstream: "web" });
  await list(" of a dialect", { dialect: "openai-chat" });
  await list(" that failed", { outcome: "failed" });
  await list(" that were answered", { outcome: "answered" });
  await list(" by error", { error: "rate-limited" });
  await list(" of a session", { session: "0b8f9e8e-53a4-4a0a-9c53-64" });
  await list(" by id", { id: known?.id ?? "none" });
  await list(" of a key and a model", { key: "key_7", model: "MiniMax-M2" });
  await list(" of a key that failed", { key: "key_7", outcome: "failed" });
  await list(" of a model that were refused: none", { model: "Qwen3", outcome: "refused" });
  await list(" of a model at a place by which none is", {
    model: "Qwen3",
    error: "overloaded",
    outcome: "left",
  });
  await list(" of a day", { from: end - 15 * dayMs, to: end - 14 * dayMs });
  await list(" of a key on a day", { key: "key_7", from: end - 15 * dayMs, to: end - 14 * dayMs });
}
