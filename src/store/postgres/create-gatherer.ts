import { StoreError } from "../response-store.ts";

/** Does many things with one statement. */
export interface Gatherer<Item, Result> {
  /** Rejects with what the statement rejects with, or `queue-full` at once when too much waits. */
  add(item: Item): Promise<Result>;
  readonly waiting: number;
}

/** What a gatherer is made from. */
export interface GathererOptions<Item, Result> {
  /** Of one statement. */
  readonly most: number;
  readonly maximumWaiting: number;
  /** Resolves with a result for each item, in their order. */
  readonly perform: (items: readonly Item[]) => Promise<readonly Result[]>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * What comes in one turn of the event loop is one statement; what comes while that is under way is the next. One at a time: more would
 * wait for each other's locks.
 */
export function createGatherer<Item, Result>({
  most,
  maximumWaiting,
  perform,
}: GathererOptions<Item, Result>): Gatherer<Item, Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let isBusy = false;

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most);
      try {
        const results = await perform(batch.map(({ item }) => item));
        // There is one for each.
        for (const [index, one] of batch.entries()) one.resolve(results[index] as Result);
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    isBusy = false;
  }

  return {
    get waiting() {
      return waiting.length;
    },
    add: (item) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= maximumWaiting) {
          reject(new StoreError("queue-full", new Error("too much waits for the database")));
          return;
        }
        waiting.push({ item, resolve, reject });
        if (isBusy) return;
        isBusy = true;
        setImmediate(() => void work());
      }),
  };
}
