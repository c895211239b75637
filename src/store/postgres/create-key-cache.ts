import { LRUCache } from "lru-cache";

import type { KeyLineage } from "../../access/access-key.ts";
import { StoreError } from "../response-store.ts";

/** What a cache is made from. */
export interface KeyCacheOptions {
  /** Asks the database. */
  readonly load: (asked: string) => Promise<KeyLineage | undefined>;
  /** Milliseconds of a clock; only differences count. */
  readonly now: () => number;
  /** Whether keys that were known before the database went away are known while it is. */
  readonly servesStale: boolean;
}

/** Remembers keys for a moment, by whatever they are asked by. */
export interface KeyCache {
  find(asked: string): Promise<KeyLineage | undefined>;
  /** Nothing that was read before now is remembered. */
  forget(): void;
}

/** How old an answer may be, and from when on a newer one is asked for without anybody waiting. In ms. */
const freshMs = 1000;
const renewMs = 500;
const most = 10_000;

interface Known {
  readonly lineage: KeyLineage;
  readonly at: number;
}

/** Creates a cache. What is no key is not remembered: it is asked for each time. */
export function createKeyCache({ load, now, servesStale }: KeyCacheOptions): KeyCache {
  const known = new LRUCache<string, Known>({ max: most });
  const loading = new Map<string, Promise<KeyLineage | undefined>>();
  let generation = 0;

  async function read(asked: string): Promise<KeyLineage | undefined> {
    const before = { at: now(), generation };
    const lineage = await load(asked);
    if (before.generation !== generation) return lineage;
    if (lineage === undefined) known.delete(asked);
    else known.set(asked, { lineage, at: before.at });
    return lineage;
  }

  /** One question at a time, whoever asks. */
  function renew(asked: string): Promise<KeyLineage | undefined> {
    const running = loading.get(asked);
    if (running !== undefined) return running;
    const started = read(asked).finally(() => {
      if (loading.get(asked) === started) loading.delete(asked);
    });
    loading.set(asked, started);
    return started;
  }

  return {
    async find(asked) {
      const entry = known.get(asked);
      const age = entry === undefined ? Infinity : now() - entry.at;
      if (entry !== undefined && age < freshMs) {
        // Whoever asks when this one is too old is told what goes wrong.
        if (age >= renewMs) renew(asked).catch(() => {});
        return entry.lineage;
      }
      try {
        return await renew(asked);
      } catch (error) {
        if (servesStale && entry !== undefined && error instanceof StoreError) return entry.lineage;
        throw error;
      }
    },
    forget() {
      generation += 1;
      known.clear();
      loading.clear();
    },
  };
}
