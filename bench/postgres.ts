/**
 * What limits in PostgreSQL cost beside a bare `SELECT 1`: so many clients each ask, settle and ask again, over five limits of which two are
 * everybody's. Both in turn, many times: what else the machine does is borne by both. Prints medians of main-thread CPU per request (two
 * statements), requests a second and the wait for a reservation, and that wait as a multiple of the other. Judges nothing. Run: `node bench/postgres.ts`.
 */
import { Pool } from "pg";

import type { Limit } from "../src/access/limits.ts";
import { openPostgresStores } from "../src/store/postgres/open-postgres-stores.ts";
import { startRealTimer } from "../src/stream/real-timer.ts";
import { startPostgres } from "../test/support/postgres/start-postgres.ts";
import { quantile } from "./lib/statistics.ts";

const clientCounts = [1, 16, 64, 256] as const;
const seconds = 0.5;
const rounds = 12;

interface Figures {
  readonly cpuUs: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/** Has so many clients do it again and again. */
async function measure(clients: number, once: (client: number) => Promise<void>): Promise<Figures> {
  const waits: number[] = [];
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  const end = begin + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let now = begin; now < end; now = performance.now()) {
        await once(client);
        waits.push(performance.now() - now);
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  const tookS = (performance.now() - begin) / 1000;
  return {
    cpuUs: (user + system) / waits.length,
    rate: waits.length / tookS,
    p50: quantile(waits, 0.5),
    p99: quantile(waits, 0.99),
  };
}

function median(all: readonly number[]): number {
  return quantile(all, 0.5);
}

function show(clients: number, what: string, all: readonly Figures[], bare: readonly Figures[]): void {
  const of = (name: keyof Figures): number => median(all.map((figures) => figures[name]));
  const times = (name: keyof Figures): string =>
    median(all.map((figures, round) => figures[name] / (bare[round]?.[name] ?? NaN))).toFixed(1);
  const figures = [of("cpuUs").toFixed(0), of("rate").toFixed(0), of("p50").toFixed(1), of("p99").toFixed(1)];
  console.log(`| ${[String(clients), what, ...figures, times("p50"), times("p99")].join(" | ")} |`);
}

function limitsOf(key: string): readonly Limit[] {
  const cap = 1e12;
  return [
    { id: `${key}.requests-per-minute`, kind: "rate", unit: "requests", period: "minute", cap },
    { id: `${key}.tokens-per-day`, kind: "rate", unit: "tokens", period: "day", cap },
    { id: `${key}.concurrency`, kind: "concurrency", unit: "requests", period: undefined, cap },
    { id: "key_parent.tokens-per-minute", kind: "rate", unit: "tokens", period: "minute", cap },
    { id: "bud_shared.tokens", kind: "budget", unit: "tokens", period: "month", cap },
  ];
}

const server = await startPostgres();
const url = server.url("postgres");
const silent = { error() {}, warn() {}, info() {} };
const stores = await openPostgresStores({
  url,
  log: silent,
  now: () => performance.now(),
  startTimer: startRealTimer,
  storedResponses: 1000,
  ledgerDays: 30,
  onFailure: "refuse",
});
const pool = new Pool({ connectionString: url, max: 6 });
let last = 0;

async function reserveAndSettle(client: number): Promise<void> {
  const id = `bench-${(last += 1)}`;
  const takes = limitsOf(`key_${client % 20}`).map((limit) => ({
    limit,
    amount: limit.unit === "tokens" ? 900 : 1,
  }));
  const refusal = await stores.limits.reserve({ id, keys: [], takes });
  if (refusal !== undefined) throw new Error("nothing is scarce here");
  stores.limits.settle(id, { tokens: 700, nanoUsd: 0 });
}

async function selectOne(): Promise<void> {
  await pool.query("SELECT 1");
}

console.log("| clients | | CPU, µs a request | requests/s | wait p50, ms | p99 | p50, times | p99, times |");
console.log("|---|---|---|---|---|---|---|---|");
try {
  for (const clients of clientCounts) {
    const [bare, limits]: [Figures[], Figures[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await measure(clients, selectOne));
      limits.push(await measure(clients, reserveAndSettle));
      await stores.limits.flush();
    }
    show(clients, "`SELECT 1`", bare, bare);
    show(clients, "reserve + settle", limits, bare);
  }
} finally {
  await stores.close();
  await pool.end();
  await server.close();
}
