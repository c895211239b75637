import { LRUCache } from "lru-cache";
import type { ResponseStore, StoredResponse } from "./response-store.ts";

/** Inputs may hold images, so a count alone would not bound memory. In characters of JSON. */
const maximumCharacters = 268_435_456;

/**
 * Keeps the newest `capacity` responses in memory, and never more than 256 Mi characters of them.
 * They are gone when the process ends.
 */
export function createMemoryStore(capacity: number): ResponseStore {
  // JSON text rather than objects: its size is known, and nobody can change what is stored.
  const texts = new LRUCache<string, string>({
    max: capacity,
    maxSize: maximumCharacters,
    sizeCalculation: (text) => Math.max(1, text.length),
  });

  return {
    problem: undefined,
    async get(id) {
      // `peek` does not renew: the oldest is what was put first, whoever reads it.
      const text = texts.peek(id);
      // What was written here by `put` is a StoredResponse.
      return text === undefined ? undefined : (JSON.parse(text) as StoredResponse);
    },
    async put(stored) {
      texts.delete(stored.id);
      texts.set(stored.id, JSON.stringify(stored));
    },
    async delete(id) {
      return texts.delete(id);
    },
    async close() {
      texts.clear();
    },
  };
}
