/**
 * How long the ledger in PostgreSQL takes to write and to answer with 1,000,000 rows of 30 days, 40 keys and 7 models: `--rows` for fewer.
 * Prints, judges nothing. Run: `node bench/postgres-ledger.ts`.
 */
import { parseArgs } from "node:util";

import type { LedgerRow } from "../src/ledger/ledger-row.ts";
import type { LedgerGroup, LedgerSumQuery } from "../src/ledger/ledger.ts";
import { type SpanName, spans, windowAt } from "../src/server/status/spans.ts";
import { openPostgresStores } from "../src/store/postgres/open-postgres-stores.ts";
import { startRealTimer } from "../src/stream/real-timer.ts";
import { askDatabase } from "../test/support/postgres/open-test-database.ts";
import { startPostgres } from "../test/support/postgres/start-postgres.ts";
import { quantile } from "./lib/statistics.ts";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "1000000" }, hours: { type: "string", default: "720" } },
});
const rows = Number(values.rows);
const dayMs = 86_400_000;
const end = Date.UTC(2026, 10, 27, 15, 20);
const begin = end - Number(values.hours) * 3_600_000;
const batch = 5000;
const rounds = 5;

/** Any number, the same in each run. */
function scatter(index: number, below: number): number {
  return (Math.imul(index, 2_654_435_761) >>> 8) % below;
}

const server = await startPostgres();
const open = () =>
  openPostgresStores({
    url: server.url("postgres"),
    log: { error: console.error, warn() {}, info() {} },
    now: () => end,
    startTimer: startRealTimer,
    storedResponses: 1000,
    ledgerDays: 31,
    onFailure: "refuse",
  });
const { ledger, ...stores } = await open();

function createRow(index: number, at: number): LedgerRow {
  return {
    id: `req_${index}`,
    at,
    outcome: scatter(index, 20) === 0 ? "failed" : "answered",
    ...(scatter(index, 20) === 0 ? { error: "overloaded" as const } : {}),
    key: `key_${scatter(index + 1, 40)}`,
    model: `model-${scatter(index + 2, 7)}`,
    upstream: scatter(index + 5, 10) < 7 ? "akashml" : "web",
    dialect: scatter(index + 6, 2) === 0 ? "anthropic-messages" : "openai-chat",
    route: "POST /v1/messages",
    attempts: [{ upstream: "web", model: "model", outcome: "answered", ms: 430 }],
    inputTokens: 9000 + scatter(index, 5000),
    outputTokens: scatter(index + 3, 900),
    firstTokenMs: 100 + scatter(index + 7, 3000),
    ms: 100 + scatter(index + 8, 20_000),
    client: `client ${scatter(index + 9, 4)}`,
    session: `session-${scatter(index, 5000)}`,
  };
}

async function write(): Promise<void> {
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  for (let index = 0; index < rows; index += 1) {
    ledger.add(createRow(index, begin + Math.floor(((end - begin) / rows) * index)));
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
const month = { from: begin, to: end };

const sums: readonly (readonly [string, LedgerSumQuery])[] = [
  ["24 hours by hour", { by: ["hour"], from: end - dayMs, to: end }],
  ["24 hours by key and model", { by: ["key", "model"], from: end - dayMs, to: end }],
  ["24 hours by error and client", { by: ["error", "client"], from: end - dayMs, to: end }],
  ["all, of one key, by model", { by: ["model"], key: "key_7" }],
  ...groups.map((group) => [`30 days by ${group}`, { by: [group], ...month }] as const),
  ...groups.flatMap((group, index) =>
    groups
      .slice(index + 1)
      .map((other) => [`30 days by ${group} and ${other}`, { by: [group, other], ...month }] as const),
  ),
  ...groups.map(
    (group) => [`30 days of a key by ${group}`, { by: [group], key: "key_7", ...month }] as const,
  ),
  ["30 days of a key by model and client", { by: ["model", "client"], key: "key_7", ...month }],
  ["30 days of a key by error and client", { by: ["error", "client"], key: "key_7", ...month }],
  ["30 days of a model by key and upstream", { by: ["key", "upstream"], model: "model-3", ...month }],
  ["30 days of a model by key and hour", { by: ["key", "hour"], model: "model-3", ...month }],
];

/** How long a batch of so many rows takes, noted by one gateway or by some at once. */
async function timeBatches(gateways: number, size: number, batches: number): Promise<void> {
  const all = await Promise.all(Array.from({ length: gateways }, open));
  const took: number[] = [];
  const cpuBefore = process.cpuUsage();
  await Promise.all(
    all.map(async (one, number) => {
      for (let round = 0; round < batches; round += 1) {
        for (let index = 0; index < size; index += 1)
          one.ledger.add(createRow((number * batches + round) * size + index, end - 1000));
        const started = performance.now();
        await one.ledger.flush();
        took.push(performance.now() - started);
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpu = ((user + system) / took.length / size).toFixed(0);
  const [median, slowest] = [quantile(took, 0.5), quantile(took, 1)].map((ms) => ms.toFixed(1));
  console.log(
    `${gateways} gateways, batches of ${size}: ${median} ms, at most ${slowest}; ${cpu} µs of the main thread a row`,
  );
  await Promise.all(all.map((one) => one.close()));
}

try {
  await write();
  // Some gateway adds up what waits within seconds, and the database cleans up within a minute.
  await ledger.sum({ by: [] });
  await askDatabase(server.url("postgres"), "VACUUM ANALYZE");
  console.log("\n| question | fastest | median | slowest |\n|---|---|---|---|");
  for (const [name, query] of sums) await time(name, () => ledger.sum(query));
  // The names of `spans`.
  for (const span of Object.keys(spans) as SpanName[]) {
    await time(`what happened in ${span}`, () => ledger.activity(windowAt(span, end)));
    await time(`what a key did in ${span}`, () => ledger.activity({ ...windowAt(span, end), key: "key_7" }));
  }
  await time("the newest 100", () => ledger.list({ limit: 100 }));
  await time("the newest 100 of a key", () => ledger.list({ limit: 100, key: "key_7" }));
  await time("the newest 100 of a key that has none", () => ledger.list({ limit: 100, key: "key_none" }));
  await time("100 of a key, in the middle of 30 days", () =>
    ledger.list({ limit: 100, key: "key_7", to: begin + 15 * dayMs }),
  );
  await time("one by its id", () => ledger.list({ limit: 10, id: `req_${Math.floor(rows / 2)}` }));
  await time("a session", () => ledger.list({ limit: 100, session: "session-77" }));
  await time("the newest 100 that failed", () => ledger.list({ limit: 100, outcome: "failed" }));
  console.log("");
  for (const gateways of [1, 3]) for (const size of [1, 100]) await timeBatches(gateways, size, 40);
} finally {
  await stores.close();
  await server.close();
}
