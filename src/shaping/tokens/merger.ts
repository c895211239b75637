import { noRank, type RankTable } from "./rank-table.ts";

/** Merges the bytes of a word to tokens. */
export interface Merger {
  /** Merges the first `length` bytes, and returns how many tokens they are. */
  merge(bytes: Uint8Array, length: number): number;
  /** Where the first tokens of what was merged last end. */
  endOf(tokens: number): number;
}

/** A pair in the heap is its rank times this, and its place: the lowest rank comes first, and of those the leftmost. */
const places = 2 ** 20;

/**
 * Creates a merger: again and again the two neighbours become one that make the token of the lowest rank. Neighbours are a linked list, and
 * the pairs stand in a heap, so that a word of any length takes little more than linear time.
 */
export function createMerger(table: RankTable): Merger {
  /** By where a part begins: where the next and the one before begin, and the rank of it and the next as one. */
  let next = new Int32Array(0);
  let previous = new Int32Array(0);
  let ranks = new Int32Array(0);
  let heap = new Float64Array(0);
  let size = 0;
  let end = 0;

  function reserve(length: number): void {
    if (length < next.length) return;
    next = new Int32Array(length * 2);
    previous = new Int32Array(length * 2);
    ranks = new Int32Array(length * 2);
    // Each pair at the beginning, and two for each merge.
    heap = new Float64Array(length * 6);
  }

  function push(key: number): void {
    let at = size;
    size += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] ?? 0;
      if (above <= key) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = key;
  }

  function pop(): number {
    const top = heap[0] ?? 0;
    size -= 1;
    const last = heap[size] ?? 0;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child += 1;
      const below = heap[child] ?? 0;
      if (below >= last) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return top;
  }

  /** Looks at the pair of a part and the next one, which ends at `to`. */
  function look(bytes: Uint8Array, part: number, to: number): void {
    const rank = table.find(bytes, part, to);
    ranks[part] = rank;
    if (rank !== noRank) push(rank * places + part);
  }

  return {
    merge(bytes, length) {
      reserve(length);
      size = 0;
      end = length;
      for (let part = 0; part < length; part += 1) {
        next[part] = part + 1;
        previous[part] = part - 1;
        ranks[part] = noRank;
        if (part + 1 < length) look(bytes, part, part + 2);
      }
      let count = length;
      while (size > 0) {
        const key = pop();
        const part = key % places;
        // A pair that is not there any more: one of the two was merged with another.
        if (ranks[part] !== (key - part) / places) continue;
        const second = next[part] ?? length;
        const after = next[second] ?? length;
        ranks[second] = noRank;
        next[part] = after;
        count -= 1;
        ranks[part] = noRank;
        if (after < length) {
          previous[after] = part;
          look(bytes, part, next[after] ?? length);
        }
        const before = previous[part] ?? -1;
        if (before >= 0) look(bytes, before, after);
      }
      return count;
    },
    endOf(tokens) {
      let at = 0;
      for (let token = 0; token < tokens && at < end; token += 1) at = next[at] ?? end;
      return at;
    },
  };
}
