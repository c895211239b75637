import { defineConfig } from "vitest/config";

/** The coding agents from npm against a gateway over the simulator: slow, so apart from `npm test`. */
export default defineConfig({
  test: {
    include: ["test/agents/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    globalSetup: ["test/agents/support/install-agents.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
  },
});
