/** Four upstreams that do what they want, over real sockets: what docs/routing.md promises holds for every request. */
import { expect, test } from "vitest";

import { deeds } from "../support/chaos/deeds.ts";
import { runChaos } from "../support/chaos/run-chaos.ts";

test("whatever four upstreams do, a request ends whole or with an error, asked of few and answered by one", async () => {
  const { failures, outcomes, deeds: met } = await runChaos({ seed: "chaos", requests: 300, clients: 60 });
  expect(failures).toEqual([]);
  // A run in which nothing was met would show nothing.
  expect(Object.keys(met).sort()).toEqual([...new Set(deeds.map(({ name }) => name))].sort());
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(10);
});
