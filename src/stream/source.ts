/**
 * Takes items, one after the other. `undefined`: the next may come at once. A promise: none comes before it has resolved, and
 * where the items come from may pause meanwhile. What it throws, or rejects with, ends the source.
 */
export type Sink<Item> = (item: Item) => Promise<void> | undefined;

/**
 * Gives its items to a sink, as they come and in the same turn of the event loop: nothing lies between but calls of functions.
 * Resolves when the sink has taken the last one. Rejects with what it failed of, or with what the sink threw; nothing follows
 * that. It has no way to be left: who wants no more aborts the signal that it was made with.
 */
export type Source<Item> = (sink: Sink<Item>) => Promise<void>;
