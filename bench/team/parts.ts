import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startSimulator } from "../../src/simulator/index.ts";
import { send } from "../lib/client.ts";
import { writeWish } from "../lib/marker.ts";
import { startProcess } from "../lib/start-process.ts";
import { openTestDatabase } from "../../test/support/postgres/open-test-database.ts";
import type { PostgresServer } from "../../test/support/postgres/start-postgres.ts";
import { createAdmin } from "../../test/support/team/create-admin.ts";
import { mixSettings } from "../../test/support/team/drive-mix.ts";
import type { Proof } from "../../test/support/team/proof.ts";
import { createHoldingUpstream, patientSettings, proveFifty } from "../../test/support/team/prove-fifty.ts";
import { proveFleet } from "../../test/support/team/prove-fleet.ts";
import { proveKill } from "../../test/support/team/prove-kill.ts";
import { proveOutage } from "../../test/support/team/prove-outage.ts";
import { proveSecrets } from "../../test/support/team/prove-secrets.ts";
import { proveSums } from "../../test/support/team/prove-sums.ts";
import { startCountingUpstream } from "../../test/support/team/start-counting-upstream.ts";
import { startGateway } from "../../test/support/team/start-gateway.ts";
import { startRoundRobin } from "../../test/support/team/start-round-robin.ts";

/** How long and on what a proof is made. */
export interface Effort {
  readonly seed: string;
  readonly rounds: number;
  readonly requests: number;
  readonly clients: number;
  /** The built program. */
  readonly entry: string;
  readonly postgres: PostgresServer;
}

/** A proof with its name. */
export interface Part {
  readonly group: string;
  readonly name: string;
  readonly run: (effort: Effort) => Promise<Proof>;
}

type Settings = Readonly<Record<string, string>>;

/** Runs with an empty folder, and removes it. */
async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "team-data-"));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// `await`, since what is in use ends with the function.
async function fifty({ entry, rounds }: Effort, gateways: number, settings: Settings): Promise<Proof> {
  const upstream = createHoldingUpstream();
  await using simulator = await startSimulator({ script: upstream.script });
  await using started = new AsyncDisposableStack();
  const all = { AKASH_BASE_URL: simulator.url, ...patientSettings, ...settings };
  const start = async () => started.use(await startGateway({ settings: all, entry }));
  const urls = (await Promise.all(Array.from({ length: gateways }, start))).map(({ url }) => url);
  return await proveFifty({ urls, admin: createAdmin(() => urls[0] ?? ""), upstream, rounds });
}

async function sums(effort: Effort, gateways: number, settings: Settings): Promise<Proof> {
  const { entry, seed, requests, clients } = effort;
  await using upstream = await startCountingUpstream();
  await using started = new AsyncDisposableStack();
  const all = { AKASH_BASE_URL: upstream.url, ...mixSettings, ...settings };
  const start = async () => started.use(await startGateway({ settings: all, entry }));
  const urls = (await Promise.all(Array.from({ length: gateways }, start))).map(({ url }) => url);
  await using proxy = await startRoundRobin(urls);
  const admin = createAdmin(() => urls[0] ?? "");
  return await proveSums({ url: proxy.url, admin, upstream, seed, requests, clients });
}

const database = async ({ postgres }: Effort): Promise<Settings> => ({
  DATABASE_URL: (await openTestDatabase(postgres)).url,
});

/** An upstream in a process of its own that costs as little as it can. */
async function kill({ entry, rounds, requests, clients }: Effort): Promise<Proof> {
  const upstream = await startProcess({ args: ["bench/raw-upstream.ts"], probe: false });
  const completion = 20;
  try {
    return await proveKill({
      upstream: upstream.url,
      model: "bench",
      prompt: writeWish({ tokens: completion, every: 0, reply: "text" }),
      usage: { prompt: 10, completion },
      entry,
      kills: rounds,
      requests: 2 * requests,
      clients,
      send(url, body, headers) {
        const { origin, pathname } = new URL(url);
        const address = { url: origin, headers: { "content-type": "application/json", ...headers } };
        return send(address, { path: pathname, body: JSON.stringify(body) });
      },
    });
  } finally {
    await upstream.stop();
  }
}

/** All proofs, in the order in which they are made. */
export const parts: readonly Part[] = [
  {
    group: "fifty",
    name: "200 at once against a limit for 50: SQLite",
    run: (effort) => withFolder((folder) => fifty(effort, 1, { DATA_DIR: folder })),
  },
  {
    group: "fifty",
    name: "… SQLite, two workers",
    run: (effort) => withFolder((folder) => fifty(effort, 1, { DATA_DIR: folder, WORKERS: "2" })),
  },
  {
    group: "fifty",
    name: "… PostgreSQL",
    run: async (effort) => fifty(effort, 1, await database(effort)),
  },
  {
    group: "fifty",
    name: "… PostgreSQL, three gateways",
    run: async (effort) => fifty(effort, 3, await database(effort)),
  },
  {
    group: "sums",
    name: "settled is what was counted: SQLite",
    run: (effort) => withFolder((folder) => sums(effort, 1, { DATA_DIR: folder })),
  },
  {
    group: "sums",
    name: "… SQLite, two workers",
    run: (effort) => withFolder((folder) => sums(effort, 1, { DATA_DIR: folder, WORKERS: "2" })),
  },
  {
    group: "sums",
    name: "… PostgreSQL, three gateways",
    run: async (effort) => sums(effort, 3, await database(effort)),
  },
  {
    group: "fleet",
    name: "one of three gateways is killed",
    run: async ({ postgres, ...effort }) =>
      proveFleet({ ...effort, databaseUrl: (await openTestDatabase(postgres)).url }),
  },
  {
    group: "kill",
    name: "one process is killed in its work: SQLite",
    run: kill,
  },
  {
    group: "secrets",
    name: "planted secrets and prompts are nowhere: JSON log",
    run: async ({ postgres, entry }) => proveSecrets({ database: await openTestDatabase(postgres), entry }),
  },
  {
    group: "secrets",
    name: "… pretty log",
    run: async ({ postgres, entry }) =>
      proveSecrets({ database: await openTestDatabase(postgres), entry, logFormat: "pretty" }),
  },
  {
    group: "away",
    name: "PostgreSQL stops under load and starts again: serve",
    run: ({ postgres, ...effort }) => proveOutage({ ...effort, server: postgres, rule: "serve" }),
  },
  {
    group: "away",
    name: "… refuse",
    run: ({ postgres, ...effort }) => proveOutage({ ...effort, server: postgres, rule: "refuse" }),
  },
];
