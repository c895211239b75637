import { defineConfig } from "vitest/config";

/** Tests of several processes: workers, PostgreSQL and the gateways that share one, what is left when one is killed; and of the build. */
export default defineConfig({
  test: {
    include: ["test/processes/**/*.test.ts"],
    // Each starts processes of its own (gateways, workers, PostgreSQL), and waits for them most of the time.
    maxWorkers: 2,
    isolate: false,
    testTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
