import type { Source } from "./source.ts";

/** What is on its way from a source to who iterates. */
interface Handed<Item> {
  item: { readonly value: Item } | undefined;
  /** Lets the source go on. */
  taken: (() => void) | undefined;
  /** Wakes who waits for an item or the end. */
  wake: (() => void) | undefined;
  over: boolean;
}

/**
 * A source as an iteration, for those who take one: each item is kept until it is asked for, and the source waits. It begins with
 * the first `next`. Who stops iterating has `leave` called, which must end the source.
 */
export async function* iterate<Item>(
  source: Source<Item>,
  leave: () => void,
): AsyncGenerator<Item, void, undefined> {
  const handed: Handed<Item> = { item: undefined, taken: undefined, wake: undefined, over: false };
  let left = false;
  const running = source((value) => {
    if (left) return undefined;
    return new Promise((resolve) => {
      handed.item = { value };
      handed.taken = resolve;
      handed.wake?.();
    });
  }).finally(() => {
    handed.over = true;
    handed.wake?.();
  });
  // It is looked at below; a failure behind the last item that is asked for is nobody's.
  running.catch(() => undefined);
  try {
    for (;;) {
      if (handed.item === undefined && !handed.over) {
        await new Promise<void>((resolve) => {
          handed.wake = resolve;
        });
      }
      const { item, taken } = handed;
      if (item === undefined) break;
      handed.item = undefined;
      yield item.value;
      taken?.();
    }
    await running;
  } finally {
    left = true;
    if (!handed.over) leave();
    handed.taken?.();
  }
}
