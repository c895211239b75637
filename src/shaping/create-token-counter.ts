import { countTokens, mostTokens, takeTokens } from "./count-tokens.ts";

/** Counts the tokens of a text that comes in pieces. */
export interface TokenCounter {
  push(text: string): void;
  /** Adds what fits into `limit` tokens in all, and returns it: the whole piece, or a prefix when it does not fit. */
  take(text: string, limit: number): string;
  /** Tokens so far. */
  total(): number;
}

/**
 * Text beyond this many UTF-16 units is counted and forgotten, so that memory is bounded, and so is the time of one count: it
 * stays below 2 ms.
 */
const longestPending = 4096;

/** Where a text can be cut without changing its count by more than a token: before its last word. */
function lastBreak(text: string): number {
  const word = /\s\S*$/.exec(text.slice(-256));
  return word === null ? text.length : text.length - word[0].length;
}

/**
 * Creates a counter. Text is kept until somebody asks, since most answers come with the upstream's own count and
 * need none of ours. What was counted is not counted again, so that the whole takes linear time.
 */
export function createTokenCounter(model?: string): TokenCounter {
  let settled = 0;
  let pending = "";

  /** Counts up to the last word, which may still grow. */
  function settle(): void {
    const cut = lastBreak(pending);
    settled += countTokens(pending.slice(0, cut), model);
    pending = pending.slice(cut);
  }

  function push(text: string): void {
    pending += text;
    if (pending.length > longestPending) settle();
  }

  return {
    push,
    take(text, limit) {
      if (settled + mostTokens(pending) + mostTokens(text) > limit) {
        settle();
        const room = limit - settled;
        const fitting = takeTokens(pending + text, room, model);
        if (fitting.length < pending.length + text.length) {
          const taken = fitting.slice(pending.length);
          pending += taken;
          return taken;
        }
      }
      push(text);
      return text;
    },
    total: () => settled + countTokens(pending, model),
  };
}
