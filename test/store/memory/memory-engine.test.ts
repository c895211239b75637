import { describe } from "vitest";

import { createMemoryKeys } from "../../../src/store/memory/memory-keys.ts";
import { createMemoryLimits } from "../../../src/store/memory/memory-limits.ts";
import type { OpenEngine } from "../contract/engine.ts";
import { keyContract } from "../contract/key-contract.ts";
import { limitsContract } from "../contract/limits-contract.ts";
import { limitsModelContract } from "../contract/limits-model.ts";

const open: OpenEngine = async (now) => {
  const keys = createMemoryKeys();
  const limits = createMemoryLimits({ now, isRevoked: (id) => keys.isRevoked(id) });
  return { keys, limits, async [Symbol.asyncDispose]() {} };
};

describe("keys in memory", () => keyContract(open, 100));
describe("limits in memory", () => {
  limitsContract(open);
  limitsModelContract(open, 300);
});
