import { defineConfig } from "vitest/config";

/** The coding agents from npm against a gateway over the simulator: slow, so apart from `npm test`. */
export default defineConfig({
  test: {
    include: ["test/agents/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    globalSetup: ["test/agents/support/install-agents.ts"],
    // Agents take seconds to start, and wait before they try again.
    maxWorkers: 2,
    testTimeout: 120_000,
  },
});
