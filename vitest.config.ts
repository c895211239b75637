import { BaseSequencer, type TestSpecification } from "vitest/node";
import { defineConfig } from "vitest/config";

import { compileCache } from "./test/support/compile-cache.ts";

/** What takes longest, as it waits for time-outs: started first, so that no worker is left alone with it at the end. */
const FIRST = /conformance\/failures\.test\.ts$/;

/** Vitest's own order, with {@link FIRST} in front. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const first = sorted.filter((file) => FIRST.test(file.moduleId));
    return [...first, ...sorted.filter((file) => !first.includes(file))];
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The first three have scripts of their own.
    exclude: ["test/agents/**", "test/browser/**", "test/processes/**", "**/node_modules/**"],
    // Many tests wait for sockets, timers and other processes: a core kept free for the runner would idle.
    maxWorkers: "100%",
    // Files share what they import: loading it for each of them took a fourth of all time. A test puts back what it changes.
    isolate: false,
    // Threads that tests start load TypeScript by themselves: compiled once for all of them, that takes half the time.
    env: { NODE_COMPILE_CACHE: compileCache },
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    // How long something takes to come is the machine's business: what never comes fails by this.
    expect: { poll: { timeout: 20_000 } },
  },
});
