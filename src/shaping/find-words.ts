/** Finds words in a text that comes in pieces. */
export interface WordFinder {
  /**
   * Reads on, up to the first word that is complete; of words that end together it is the longest. `end`: where it ends in
   * this piece.
   */
  read(piece: string): { readonly word: string; readonly end: number } | undefined;
  /** UTF-16 units at the end of what was read that may be the beginning of a word. */
  held(): number;
  /** Begins anew: no word reaches over this place. */
  reset(): void;
}

/** A text that words begin with. */
interface Node {
  readonly length: number;
  readonly next: Map<number, Node>;
  /** The longest other beginning of a word that this text ends with. */
  rest: Node | undefined;
  /** The longest word that this text ends with. */
  word: string | undefined;
}

function createNode(length: number): Node {
  return { length, next: new Map(), rest: undefined, word: undefined };
}

/** The node behind one more unit. */
function follow(from: Node, unit: number): Node | undefined {
  for (let node: Node | undefined = from; node !== undefined; node = node.rest) {
    const next = node.next.get(unit);
    if (next !== undefined) return next;
  }
  return undefined;
}

function plant(words: readonly string[]): Node {
  const root = createNode(0);
  for (const word of words) {
    let node = root;
    for (let at = 0; at < word.length; at += 1) {
      const unit = word.charCodeAt(at);
      const next = node.next.get(unit) ?? createNode(at + 1);
      node.next.set(unit, next);
      node = next;
    }
    node.word = word;
  }
  // Level by level: what a text ends with is shorter, and so it is known.
  const waiting = [root];
  for (const node of waiting) {
    for (const [unit, next] of node.next) {
      next.rest = (node.rest && follow(node.rest, unit)) ?? root;
      next.word ??= next.rest.word;
      waiting.push(next);
    }
  }
  return root;
}

/**
 * Prepares to find words, none of them empty. Reading takes linear time, however many and however long they are (Aho and
 * Corasick, 1975).
 */
export function createWordFinder(words: readonly string[]): WordFinder {
  const root = plant(words);
  let node = root;
  return {
    read(piece) {
      for (let at = 0; at < piece.length; at += 1) {
        node = follow(node, piece.charCodeAt(at)) ?? root;
        if (node.word !== undefined) return { word: node.word, end: at + 1 };
      }
      return undefined;
    },
    held: () => node.length,
    reset() {
      node = root;
    },
  };
}
