import { afterAll, expect, test, vi } from "vitest";

import { openTestDatabase } from "../../support/postgres/open-test-database.ts";
import { proveSecrets } from "../../support/team/prove-secrets.ts";

// What never comes is waited for, to be told by its name.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());

test("planted secrets and prompts are nowhere; with a trace on prompts are in that alone, and keys in none of it", async () => {
  const { broken } = await proveSecrets({ database: await openTestDatabase() });
  expect(broken).toEqual([]);
});
