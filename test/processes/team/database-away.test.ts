import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { type PostgresServer, startPostgres } from "../../support/postgres/start-postgres.ts";
import { proveOutage } from "../../support/team/prove-outage.ts";

// What never comes is waited for, to be told by its name.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

test.each(["serve", "refuse"] as const)("PostgreSQL stops under load and starts again: %s", async (rule) => {
  const { broken } = await proveOutage({ server, rule, requests: 200, clients: 20 });
  expect(broken).toEqual([]);
});
