import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";

import { hasSqlite } from "../../support/has-sqlite.ts";
import { openTestDatabase } from "../../support/postgres/open-test-database.ts";
import { createAdmin } from "../../support/team/create-admin.ts";
import { mixSettings } from "../../support/team/drive-mix.ts";
import { proveSums } from "../../support/team/prove-sums.ts";
import { startCountingUpstream } from "../../support/team/start-counting-upstream.ts";
import { startGateway } from "../../support/team/start-gateway.ts";

// What never comes is waited for, to be told by its name.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());

async function prove(settings: Readonly<Record<string, string>>): Promise<void> {
  await using upstream = await startCountingUpstream();
  await using gateway = await startGateway({
    settings: { AKASH_BASE_URL: upstream.url, ...mixSettings, ...settings },
  });
  const { broken } = await proveSums({
    url: gateway.url,
    admin: createAdmin(() => gateway.url),
    upstream,
    seed: "sums",
    requests: 240,
    clients: 60,
  });
  expect(broken).toEqual([]);
}

test.runIf(hasSqlite)(
  "what is settled is what the upstream counted, whoever leaves and breaks: SQLite",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "sums-"));
    await prove({ DATA_DIR: folder });
    await rm(folder, { recursive: true });
  },
);

test("… PostgreSQL", async () => {
  const { url } = await openTestDatabase();
  await prove({ DATABASE_URL: url });
});
