import { setTimeout as sleep } from "node:timers/promises";

/** How long something takes to come is the machine's business; what has not come by then never does. */
const longestMs = 20_000;
const pauseMs = 20;

/** Looks until it is so, and resolves with what was seen last, which is not so if it never was. */
export async function waitUntil<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  const end = performance.now() + longestMs;
  for (;;) {
    const seen = await look();
    if (isSo(seen) || performance.now() > end) return seen;
    await sleep(pauseMs);
  }
}
