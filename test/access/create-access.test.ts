import { expect, test } from "vitest";

import { createAccess } from "../../src/access/create-access.ts";
import { createMemoryLimits } from "../../src/store/memory/memory-limits.ts";
import { aKey } from "./keys-for-tests.ts";

test("the first key of all is known at once also where another process has made it, and nobody has told that there is one", async () => {
  const lineage = { key: aKey(), ancestors: [] };
  const access = createAccess({
    token: "",
    adminToken: "of the operator",
    keys: {
      isEmpty: true,
      find: async () => lineage,
      get: async () => lineage,
      prune: async () => [],
      list: async () => [],
      create: async () => {},
      change: async () => undefined,
    },
    limits: createMemoryLimits({ now: () => 0, isRevoked: () => false }),
    newId: () => "",
    now: () => 0,
  });
  expect(await access.identify(["akc-new"])).toMatchObject({ kind: "key", key: { id: "key_a" } });
});
