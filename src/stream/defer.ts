/**
 * An iteration whose source is only known after some work, which begins with the first `next`. From then on the source itself is
 * asked: unlike a generator with `yield*`, this costs nothing for each item. What `head` rejects with, the first `next` does.
 */
export function defer<Item>(
  head: () => Promise<AsyncIterable<Item>>,
): AsyncIterableIterator<Item, void, undefined> {
  let source: AsyncIterator<Item> | undefined;
  let starting: Promise<void> | undefined;
  let isOver = false;

  async function start(): Promise<void> {
    try {
      source = (await head())[Symbol.asyncIterator]();
    } catch (error) {
      isOver = true;
      throw error;
    }
  }

  async function begin(): Promise<IteratorResult<Item, void>> {
    starting ??= start();
    await starting;
    return source === undefined || isOver ? { done: true, value: undefined } : source.next();
  }

  return {
    next() {
      if (isOver) return Promise.resolve({ done: true, value: undefined });
      return source === undefined ? begin() : source.next();
    },
    async return() {
      isOver = true;
      // The work is not cut short by this, as that of a generator is not; who wants that aborts its signal.
      await starting?.catch(() => undefined);
      await source?.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
