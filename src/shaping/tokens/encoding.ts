import { createMerger } from "./merger.ts";
import { noRank, type RankTable } from "./rank-table.ts";

/** How far a text is counted. */
export interface Count {
  /** UTF-16 units that are counted: the end of a word. */
  at: number;
  tokens: number;
}

/** One way to cut texts into tokens: byte pair encoding, word by word. */
export interface Encoding {
  /** Goes on with the count of a text by the next words, until they are at least so many UTF-16 units, or the text ends. */
  advance(text: string, count: Count, units: number): void;
  /** UTF-8 bytes of the first tokens of a word. */
  bytesOfTokens(word: string, tokens: number): number;
}

const encoder = new TextEncoder();
/** UTF-8 bytes that a UTF-16 unit takes at most. */
const bytesPerUnit = 3;

/** Creates an encoding of its tokens and the pattern of its words, which must match at every place of any text. */
export function createEncoding({
  table,
  words,
}: {
  readonly table: RankTable;
  readonly words: RegExp;
}): Encoding {
  const word = new RegExp(words.source, "uy");
  const merger = createMerger(table);
  let bytes = new Uint8Array(256);

  /** Writes the UTF-8 of a part of a text into `bytes`, and returns its length. */
  function write(text: string, from: number, to: number): number {
    if ((to - from) * bytesPerUnit > bytes.length) bytes = new Uint8Array((to - from) * bytesPerUnit);
    for (let at = from; at < to; at += 1) {
      const code = text.charCodeAt(at);
      if (code > 127) return encoder.encodeInto(text.slice(from, to), bytes).written;
      bytes[at - from] = code;
    }
    return to - from;
  }

  return {
    advance(text, count, units) {
      const end = Math.min(text.length, count.at + units);
      let { at, tokens } = count;
      while (at < end) {
        word.lastIndex = at;
        word.test(text);
        const next = word.lastIndex;
        const size = write(text, at, next);
        const isToken = size === 1 || table.find(bytes, 0, size) !== noRank;
        tokens += isToken ? 1 : merger.merge(bytes, size);
        at = next;
      }
      count.at = at;
      count.tokens = tokens;
    },
    bytesOfTokens(text, tokens) {
      const size = write(text, 0, text.length);
      if (table.find(bytes, 0, size) !== noRank) return tokens === 0 ? 0 : size;
      merger.merge(bytes, size);
      return merger.endOf(tokens);
    },
  };
}
