import type { Sink } from "./source.ts";

/** A sink whose failures can be told from those of the source that it is given to. */
export interface GuardedSink<Item> {
  readonly sink: Sink<Item>;
  /** What the sink threw or rejected with. */
  readonly failure: { readonly error: unknown } | undefined;
}

/** Watches a sink; what it fails of still goes to its source, which ends by it. */
export function guardSink<Item>(sink: Sink<Item>): GuardedSink<Item> {
  function fail(error: unknown): never {
    guarded.failure = { error };
    throw error;
  }

  const guarded = {
    failure: undefined as GuardedSink<Item>["failure"],
    sink(item: Item): Promise<void> | undefined {
      try {
        return sink(item)?.catch(fail);
      } catch (error) {
        return fail(error);
      }
    },
  };
  return guarded;
}
