import { createMemoryConversations } from "../../../src/store/memory/memory-conversations.ts";
import { createMemoryKeys } from "../../../src/store/memory/memory-keys.ts";
import { createMemoryLedger } from "../../../src/store/memory/memory-ledger.ts";
import { createMemoryLimits } from "../../../src/store/memory/memory-limits.ts";
import { createMemoryTraces } from "../../../src/store/memory/memory-traces.ts";
import { createMemoryStore } from "../../../src/store/memory-store.ts";
import type { Stores } from "../../../src/store/stores.ts";

/** Stores in memory, for whoever serves them. */
export function createMemoryStores(
  now: () => number,
  { days = 30, capacity = 10_000 }: { readonly days?: number; readonly capacity?: number } = {},
): Stores {
  const keys = createMemoryKeys();
  return {
    keys,
    limits: createMemoryLimits({ now, isRevoked: (id) => keys.isRevoked(id) }),
    ledger: createMemoryLedger({ now, days, capacity }),
    responses: createMemoryStore(100),
    conversations: createMemoryConversations({ capacity: 100, now }),
    traces: createMemoryTraces(),
    place: "memory",
    async close() {},
  };
}
