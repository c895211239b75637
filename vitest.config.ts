import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/agents/**", "**/node_modules/**"],
    // Many tests wait for sockets, timers and other processes: a core kept free for the runner would idle.
    maxWorkers: "100%",
    // Files share what they import: loading it for each of them took a fourth of all time. A test puts back what it changes.
    isolate: false,
    testTimeout: 30_000,
  },
});
