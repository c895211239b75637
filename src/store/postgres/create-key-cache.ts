import { LRUCache } from "lru-cache";

import type { KeyLineage } from "../../access/access-key.ts";
import { StoreError } from "../response-store.ts";

/** What a cache is made from. */
export interface KeyCacheOptions {
  /** Asks the database. */
  readonly load: (digest: string) => Promise<KeyLineage | undefined>;
  /** Milliseconds of a clock; only differences count. */
  readonly now: () => number;
  /** Whether keys that were known before the database went away are known while it is. */
  readonly servesStale: boolean;
}

/** Remembers keys for a moment. */
export interface KeyCache {
  find(digest: string): Promise<KeyLineage | undefined>;
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

  async function read(digest: string): Promise<KeyLineage | undefined> {
    const asked = { at: now(), generation };
    const lineage = await load(digest);
    if (asked.generation !== generation) return lineage;
    if (lineage === undefined) known.delete(digest);
    else known.set(digest, { lineage, at: asked.at });
    return lineage;
  }

  /** One question at a time, whoever asks. */
  function renew(digest: string): Promise<KeyLineage | undefined> {
    const running = loading.get(digest);
    if (running !== undefined) return running;
    const started = read(digest).finally(() => {
      if (loading.get(digest) === started) loading.delete(digest);
    });
    loading.set(digest, started);
    return started;
  }

  return {
    async find(digest) {
      const entry = known.get(digest);
      const age = entry === undefined ? Infinity : now() - entry.at;
      if (entry !== undefined && age < freshMs) {
        // Whoever asks when this one is too old is told what goes wrong.
        if (age >= renewMs) renew(digest).catch(() => {});
        return entry.lineage;
      }
      try {
        return await renew(digest);
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
