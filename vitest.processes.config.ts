import { defineConfig } from "vitest/config";

/** Tests of several processes at once: workers, gateways that share a database, and what is left when one is killed. */
export default defineConfig({
  test: {
    include: ["test/processes/**/*.test.ts"],
    // Each starts half a dozen processes itself.
    maxWorkers: 1,
    isolate: false,
    testTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
