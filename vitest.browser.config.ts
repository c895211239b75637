import { defineConfig } from "vitest/config";

/** Tests of the built console in a real browser: `npm run test:browser`. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    globalSetup: ["test/browser/console/support/prepare.ts"],
    // The browser draws, and the gateway answers, while a test waits.
    maxWorkers: "100%",
    isolate: false,
    testTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
