/** An item and the number of the source that it came from. */
export interface Merged<T> {
  readonly source: number;
  readonly item: T;
}

/**
 * Merges sources as their items come, each source pulled one item ahead. Fails with the first source that
 * fails; then, and when the consumer stops early, the other sources are told to return.
 */
export async function* merge<T>(sources: readonly AsyncIterable<T>[]): AsyncGenerator<Merged<T>, void, void> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const pending = new Map(iterators.map((iterator, source) => [source, pull(iterator, source)]));
  try {
    while (pending.size > 0) {
      const { source, result, iterator } = await Promise.race(pending.values());
      // Taken out and put back at the end: of several that are ready the first in the map wins, and a source
      // that is always ready must not starve the others.
      pending.delete(source);
      if (result.done === true) continue;
      pending.set(source, pull(iterator, source));
      yield { source, item: result.value };
    }
  } finally {
    for (const [source, waiting] of pending) {
      // Nobody looks at these any more; their failures are a consequence of the end.
      waiting.catch(() => undefined);
      iterators[source]?.return?.().catch(() => undefined);
    }
  }
}

async function pull<T>(iterator: AsyncIterator<T>, source: number) {
  return { source, iterator, result: await iterator.next() };
}
