import type { SeenChat } from "./upstream.ts";

/** How fast abandoned upstream requests were closed. */
export interface Abandonment {
  /** ms from the client's leaving to the upstream's seeing it, sorted. */
  readonly times: readonly number[];
  /** Whose they were, the slowest first, and when the upstream was asked, in ms after the leaving. */
  readonly slowest: readonly { readonly tag: string; readonly ms: number; readonly asked: number }[];
  /** The upstream was asked only after the client had left. */
  readonly late: number;
  /** Never closed. */
  readonly open: readonly string[];
}

const shown = 10;

/** Compares when clients left (by tag) with what the upstream saw. */
export function measureAbandonment(
  left: ReadonlyMap<string, number>,
  chats: readonly SeenChat[],
): Abandonment {
  const closed: { tag: string; ms: number; asked: number }[] = [];
  const open: string[] = [];
  let late = 0;
  for (const { tag, from, until, how } of chats) {
    const at = left.get(tag);
    if (until === undefined) open.push(tag);
    // Those that ended by themselves, or before, were not abandoned.
    if (at === undefined || until === undefined || how === "finished" || until < at) continue;
    if (from > at) late += 1;
    closed.push({ tag, ms: until - at, asked: from - at });
  }
  closed.sort((a, b) => b.ms - a.ms);
  return { times: closed.map(({ ms }) => ms).reverse(), slowest: closed.slice(0, shown), late, open };
}

/** The value that this part of sorted values does not exceed; 0 if there are none. */
export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? 0;
}
