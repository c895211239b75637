import { LRUCache } from "lru-cache";

import { type CapabilityMemory, type LearnedFacts, mostFacts } from "./capability-memory.ts";

/** Creates a memory that lasts as long as the program. */
export function createMemoryCapabilities(): CapabilityMemory {
  const known = new LRUCache<string, LearnedFacts>({ max: mostFacts });
  return {
    get: (key) => known.get(key),
    set(key, facts) {
      if (facts === undefined) known.delete(key);
      else known.set(key, facts);
    },
    settle: () => Promise.resolve(),
  };
}
