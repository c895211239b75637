import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";

import { startSimulator } from "../../../src/simulator/index.ts";
import { hasSqlite } from "../../support/has-sqlite.ts";
import { openTestDatabase } from "../../support/postgres/open-test-database.ts";
import { createAdmin } from "../../support/team/create-admin.ts";
import { createHoldingUpstream, patientSettings, proveFifty } from "../../support/team/prove-fifty.ts";
import { startGateway } from "../../support/team/start-gateway.ts";

// What never comes is waited for, to be told by its name.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());

/** Starts so many gateways with these settings over one upstream, and sends them 200 requests against limits for 50. */
async function prove(gateways: number, settings: Readonly<Record<string, string>>): Promise<void> {
  const upstream = createHoldingUpstream();
  await using simulator = await startSimulator({ script: upstream.script });
  await using started = new AsyncDisposableStack();
  const all = await Promise.all(
    Array.from({ length: gateways }, async () =>
      started.use(
        await startGateway({ settings: { AKASH_BASE_URL: simulator.url, ...patientSettings, ...settings } }),
      ),
    ),
  );
  const urls = all.map(({ url }) => url);
  const { broken } = await proveFifty({
    urls,
    admin: createAdmin(() => urls[0] ?? ""),
    upstream,
    rounds: 1,
    fields: ["budget", "concurrency"],
  });
  expect(broken).toEqual([]);
}

async function proveWithFile(workers: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "fifty-"));
  await prove(1, { DATA_DIR: folder, WORKERS: workers });
  await rm(folder, { recursive: true });
}

test.runIf(hasSqlite)(
  "of 200 requests at once against a limit for 50 exactly 50 pass: one process, SQLite",
  () => proveWithFile("1"),
);

test.runIf(hasSqlite)("… two workers, SQLite", () => proveWithFile("2"));

test("… one process, PostgreSQL", async () => {
  const { url } = await openTestDatabase();
  await prove(1, { DATABASE_URL: url });
});

test("… three processes, PostgreSQL", async () => {
  const { url } = await openTestDatabase();
  await prove(3, { DATABASE_URL: url });
});
