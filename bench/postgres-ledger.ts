/**
 * How long the ledger in PostgreSQL takes to write and to answer with 1,000,000 rows of 30 days, 40 keys and 7 models: `--rows` for fewer.
 * Prints, judges nothing. Run: `node bench/postgres-ledger.ts`.
 */
import { parseArgs } from "node:util";

import type { LedgerSumQuery } from "../src/ledger/ledger.ts";
import { openPostgresStores } from "../src/store/postgres/open-postgres-stores.ts";
import { startRealTimer } from "../src/stream/real-timer.ts";
import { startPostgres } from "../test/support/postgres/start-postgres.ts";
import { quantile } from "./lib/statistics.ts";

const { values } = parseArgs({ options: { rows: { type: "string", default: "1000000" } } });
const rows = Number(values.rows);
const dayMs = 86_400_000;
const end = Date.UTC(2026, 10, 27, 15, 20);
const begin = end - 30 * dayMs;
const batch = 5000;
const rounds = 15;

/** Any number, the same in each run. */
function scatter(index: number, below: number): number {
  return (Math.imul(index, 2_654_435_761) >>> 8) % below;
}

const server = await startPostgres();
const { ledger, ...stores } = await openPostgresStores({
  url: server.url("postgres"),
  log: { error: console.error, warn() {}, info() {} },
  now: () => end,
  startTimer: startRealTimer,
  storedResponses: 1000,
  ledgerDays: 31,
  onFailure: "refuse",
});

async function write(): Promise<void> {
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  for (let index = 0; index < rows; index += 1) {
    ledger.add({
      id: `req_${index}`,
      at: begin + Math.floor(((end - begin) / rows) * index),
      outcome: scatter(index, 20) === 0 ? "failed" : "answered",
      key: `key_${scatter(index + 1, 40)}`,
      model: `model-${scatter(index + 2, 7)}`,
      upstream: "web",
      dialect: "anthropic-messages",
      route: "POST /v1/messages",
      attempts: [{ upstream: "web", model: "model", outcome: "answered", ms: 430 }],
      inputTokens: 9000 + scatter(index, 5000),
      outputTokens: scatter(index + 3, 900),
      firstTokenMs: 430,
      ms: 4000,
      client: "claude-cli/2.1.332 (external, cli)",
      session: `session-${scatter(index, 5000)}`,
    });
    if (index % batch === batch - 1) await ledger.flush();
  }
  await ledger.flush();
  const { user, system } = process.cpuUsage(cpuBefore);
  const tookUs = ((performance.now() - started) * 1000) / rows;
  console.log(
    `written: ${tookUs.toFixed(0)} µs a row, of them ${((user + system) / rows).toFixed(0)} of the main thread`,
  );
}

async function time(name: string, ask: () => Promise<unknown>): Promise<void> {
  const took: number[] = [];
  // Connections are made, and read for the first time what is asked.
  await ask();
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    await ask();
    took.push(performance.now() - started);
  }
  console.log(
    `| ${name} | ${quantile(took, 0).toFixed(1)} ms | ${quantile(took, 0.5).toFixed(1)} ms | ${quantile(took, 1).toFixed(1)} ms |`,
  );
}

const sums: readonly (readonly [string, LedgerSumQuery])[] = [
  ["30 days by key and model", { by: ["key", "model"], from: begin, to: end }],
  ["30 days by day", { by: ["day"], from: begin, to: end }],
  ["24 hours by hour", { by: ["hour"], from: end - dayMs, to: end }],
  ["24 hours by key and model", { by: ["key", "model"], from: end - dayMs, to: end }],
  ["24 hours by error and client, from rows", { by: ["error", "client"], from: end - dayMs, to: end }],
  ["all, of one key, by model", { by: ["model"], key: "key_7" }],
];

try {
  await write();
  console.log("\n| question | fastest | median | slowest |\n|---|---|---|---|");
  for (const [name, query] of sums) await time(name, () => ledger.sum(query));
  await time("the newest 100", () => ledger.list({ limit: 100 }));
  await time("the newest 100 of a key", () => ledger.list({ limit: 100, key: "key_7" }));
  await time("the newest 100 of a key that has none", () => ledger.list({ limit: 100, key: "key_none" }));
  await time("100 of a key, in the middle of 30 days", () =>
    ledger.list({ limit: 100, key: "key_7", to: begin + 15 * dayMs }),
  );
  await time("one by its id", () => ledger.list({ limit: 10, id: `req_${Math.floor(rows / 2)}` }));
  await time("a session", () => ledger.list({ limit: 100, session: "session-77" }));
  await time("the newest 100 that failed", () => ledger.list({ limit: 100, outcome: "failed" }));
} finally {
  await stores.close();
  await server.close();
}
