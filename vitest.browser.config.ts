import { defineConfig } from "vitest/config";

/** Tests of the built console in a real browser: `npm run test:browser`. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    globalSetup: ["test/browser/console/support/prepare.ts"],
    // The browser draws, and the gateway answers, while a test waits.
    maxWorkers: "100%",
    isolate: false,
    // How long something takes to come is the machine's business: what never comes fails by these.
    testTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
