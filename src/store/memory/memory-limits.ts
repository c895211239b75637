import type { Limits } from "../../access/limits.ts";
import { createLimitCounters } from "./limit-counters.ts";

/** What limits in memory are made from. */
export interface MemoryLimitsOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether a key was revoked. */
  readonly isRevoked: (key: string) => boolean;
}

/** Limits of one process, forgotten when it ends. */
export function createMemoryLimits({ now, isRevoked }: MemoryLimitsOptions): Limits {
  const counters = createLimitCounters({ isRevoked });
  return {
    reserve: async (reservation) => counters.reserve(reservation, now()),
    settle: (id, spent) => counters.settle(id, spent, now()),
    look: async (limits) => limits.map((limit) => counters.look(limit, now())),
    async forget(ids) {
      for (const id of ids) counters.forget(id);
    },
    flush: async () => {},
  };
}
