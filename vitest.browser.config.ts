import { defineConfig } from "vitest/config";

/** Tests of the built console in a real browser: `npm run test:browser`. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    // One browser for all, whose pages share the cores.
    maxWorkers: 1,
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
