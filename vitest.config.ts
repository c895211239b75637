import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/agents/**", "**/node_modules/**"],
    // Many tests wait for sockets, timers and other processes: a core kept free for the runner would idle.
    maxWorkers: "100%",
    testTimeout: 30_000,
  },
});
