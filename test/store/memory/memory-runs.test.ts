import { describe } from "vitest";

import { createMemoryRuns } from "../../../src/store/memory/memory-runs.ts";
import { runContract } from "../contract/run-contract.ts";

describe("runs in memory", () =>
  runContract(async (now, bounds = {}) => {
    const runs = createMemoryRuns({ now, bounds });
    return { runs, elsewhere: runs, [Symbol.asyncDispose]: async () => {} };
  }));
