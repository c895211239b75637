import type { Source } from "./source.ts";

/** An item and the number of the source that it came from. */
export interface Merged<Item> {
  readonly source: number;
  readonly item: Item;
}

/**
 * Several sources as one, their items as they come; a slow sink holds up each that has something to give. Fails with the first that
 * fails, while the others go on: who made them aborts them then.
 */
export function mergeSources<Item>(sources: readonly Source<Item>[]): Source<Merged<Item>> {
  return async (sink) => {
    await Promise.all(sources.map((give, source) => give((item) => sink({ source, item }))));
  };
}
