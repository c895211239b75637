import { LRUCache } from "lru-cache";

/** Texts that could not be written stay reachable within these bounds; the oldest go first. */
const maximumKept = 1000;
const maximumCharacters = 67_108_864;

/** What is not in the database yet, or could not be brought there. A text of undefined is a deletion. */
export interface UnwrittenResponses {
  /** What is known of an id: undefined when that is nothing, so that the database has to be asked. */
  find(id: string): { readonly text: string | undefined } | undefined;
  /** Notes what is about to be written, in place of what was known before. */
  begin(id: string, text: string | undefined): Pending;
}

/** One thing that is about to be written. */
export interface Pending {
  written(): void;
  /** Keeps a text for a while, unless it was replaced or deleted meanwhile. */
  failed(): void;
}

/** Creates the memory of one store. What waits is bounded by the queue of its database. */
export function createUnwrittenResponses(): UnwrittenResponses {
  const pending = new Map<string, { readonly text: string | undefined }>();
  const kept = new LRUCache<string, string>({
    max: maximumKept,
    maxSize: maximumCharacters,
    sizeCalculation: (text) => Math.max(1, text.length),
  });

  return {
    find(id) {
      // `peek` does not renew: what failed last stays longest.
      const text = kept.peek(id);
      return pending.get(id) ?? (text === undefined ? undefined : { text });
    },
    begin(id, text) {
      const own = { text };
      pending.set(id, own);
      kept.delete(id);

      /** False when a later one is under way: it decides. */
      function end(): boolean {
        return pending.get(id) === own && pending.delete(id);
      }
      return {
        written: () => void end(),
        failed() {
          if (end() && text !== undefined) kept.set(id, text);
        },
      };
    },
  };
}
