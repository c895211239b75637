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
 * Text is kept until somebody asks, since most answers come with the upstream's own count and need none of ours. What was counted is
 * not counted again, so that the whole takes linear time.
 */
class Counter implements TokenCounter {
  readonly #model: string | undefined;
  #settled = 0;
  #pending = "";

  constructor(model: string | undefined) {
    this.#model = model;
  }

  push(text: string): void {
    this.#pending += text;
    if (this.#pending.length > longestPending) this.#settle();
  }

  take(text: string, limit: number): string {
    if (this.#settled + mostTokens(this.#pending) + mostTokens(text) > limit) {
      this.#settle();
      const pending = this.#pending;
      const fitting = takeTokens(pending + text, limit - this.#settled, this.#model);
      if (fitting.length < pending.length + text.length) {
        const taken = fitting.slice(pending.length);
        this.#pending += taken;
        return taken;
      }
    }
    this.push(text);
    return text;
  }

  total(): number {
    return this.#settled + countTokens(this.#pending, this.#model);
  }

  /** Counts up to the last word, which may still grow. */
  #settle(): void {
    const cut = lastBreak(this.#pending);
    this.#settled += countTokens(this.#pending.slice(0, cut), this.#model);
    this.#pending = this.#pending.slice(cut);
  }
}

/** Creates a counter, of the tokens of `model` where they are known. */
export function createTokenCounter(model?: string): TokenCounter {
  return new Counter(model);
}
