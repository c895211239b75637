import { defineConfig } from "vitest/config";

/** The coding agents from npm against a gateway over the simulator: slow, so apart from `npm test`. */
export default defineConfig({
  test: {
    include: ["test/agents/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
