import { afterAll, expect, test, vi } from "vitest";

import { openTestDatabase } from "../../support/postgres/open-test-database.ts";
import { proveFleet } from "../../support/team/prove-fleet.ts";

// What never comes is waited for, to be told by its name.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());

test("of three gateways one is killed: no request of another fails, limits stay exact, and what it held is given back", async () => {
  const { url } = await openTestDatabase();
  const { broken } = await proveFleet({ databaseUrl: url, seed: "fleet", requests: 240, clients: 40 });
  expect(broken).toEqual([]);
});
