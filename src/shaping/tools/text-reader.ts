import { lookForAny } from "./marks.ts";

/** A step of a reader that may have to wait for text: `yield` means "needs more", the value is the result. */
export type Reading<T> = Generator<void, T, void>;

/**
 * Text that arrives in pieces, read by generators that wait where it ends. What is read is let go at once, and
 * what a reader may leave unread is bounded by the longest marker, so that the cost stays linear however finely the
 * text is cut.
 */
export interface TextReader {
  /** Adds text. A high surrogate at the end waits for its other half: no character is ever split. */
  push(piece: string): void;
  /** Nothing more will come. */
  end(): void;
  /** After the end: what comes now is another text. */
  reopen(): void;
  readonly ended: boolean;
  /** Whether tags can end what is read. In a text that holds nothing but JSON they can only be part of it. */
  readonly hasTags: boolean;
  /** The buffer; unread text begins at `at`. For loops that look at single characters. */
  readonly text: string;
  readonly at: number;
  /** How many units were read since the beginning. */
  readonly consumed: number;
  /** Reads `count` UTF-16 units that have arrived. */
  take(count: number): string;
  /** Waits for `count` units; false if the text ends before. */
  need(count: number): Reading<boolean>;
  /** The next units, fewer only at the end of the text. Reads nothing. */
  peek(count: number): Reading<string>;
  /** Reads white space. */
  space(): Reading<string>;
  /**
   * Reads one of `candidates` (the first of the list that fits; no waiting once none can), or nothing. The bar and the
   * blank of DeepSeek's tokens (U+FF5C, U+2581) count as `|` and `_`; case doesn't count. Gives the text as it stands.
   */
  accept(candidates: readonly string[]): Reading<string | undefined>;
  /** Whether `accept` would read something. */
  sees(candidates: readonly string[]): Reading<boolean>;
  /** Reads what matches a class of characters, `limit` units at most. The class is a sticky pattern of one character. */
  while(oneCharacter: RegExp, limit: number): Reading<string>;
  /** Reads text piece by piece up to the first stop, which stays unread. False: the text ended without one. */
  until(stops: Stops, each: (piece: string) => void): Reading<boolean>;
  /** From now on what is read is kept, from the beginning. */
  record(): void;
  /** What was read since `record`, or since a `mark` in it. */
  recorded(mark?: number): string;
  /** Marks a place in the record. */
  mark(): number;
  /** Lets go of the record. */
  forget(): void;
  /** Puts `text` in front of what is unread, in the place of what was recorded. */
  replace(text: string): void;
}

/** A set of texts to stop at. */
export interface Stops {
  /** Where the first stop begins, at or after `from`; -1 if there is none. */
  find(text: string, from: number): number;
  /** Where an end of the text begins that can still become a stop; the length of the text if none can. */
  held(text: string, from: number): number;
}

/** Prepares stops, which must not be empty. */
export function createStops(stops: readonly string[]): Stops {
  const pattern = new RegExp(
    stops.map((stop) => stop.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join("|"),
    "g",
  );
  const longest = Math.max(...stops.map((stop) => stop.length));
  return {
    find(text, from) {
      pattern.lastIndex = from;
      return pattern.exec(text)?.index ?? -1;
    },
    held(text, from) {
      for (let at = Math.max(from, text.length - longest + 1); at < text.length; at += 1) {
        if (stops.some((stop) => stop.startsWith(text.slice(at)))) return at;
      }
      return text.length;
    },
  };
}

/** Writes the bar and blank of DeepSeek's tokens as `|` and `_`, and ASCII in lower case. Keeps the length. */
export function fold(text: string): string {
  return text
    .replaceAll("\uff5c", "|")
    .replaceAll("\u2581", "_")
    .replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** What a pattern calls `\s`. */
function isSpace(unit: number): boolean {
  if (unit < 160) return unit === 32 || (unit >= 9 && unit <= 13);
  return String.fromCharCode(unit).trim() === "";
}

/** Some values are read sign by sign: a megabyte of them is not left to be joined at once. */
const mostPieces = 1000;

/** A class, unlike its neighbours: generator methods of an object literal are made anew, at a price, for each object. */
class PieceReader implements TextReader {
  readonly hasTags: boolean;
  text = "";
  at = 0;
  consumed = 0;
  ended = false;
  #half = "";
  #recording = false;
  /** What was recorded: long stretches, and behind them the pieces of the last one, which are joined as they get many. */
  #stretches: string[] = [];
  #pieces: string[] = [];
  #recordedLength = 0;

  constructor(hasTags: boolean) {
    this.hasTags = hasTags;
  }

  push(piece: string): void {
    let more = this.#half + piece;
    this.#half = "";
    const last = more.charCodeAt(more.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#half = more.slice(-1);
      more = more.slice(0, -1);
    }
    this.text = this.at === this.text.length ? more : this.text.slice(this.at) + more;
    this.at = 0;
  }

  end(): void {
    this.text = this.text.slice(this.at) + this.#half;
    this.at = 0;
    this.#half = "";
    this.ended = true;
  }

  reopen(): void {
    this.ended = false;
  }

  take(count: number): string {
    const piece = this.text.slice(this.at, this.at + count);
    this.at += piece.length;
    this.consumed += piece.length;
    if (this.#recording) this.#keep(piece);
    return piece;
  }

  *need(count: number): Reading<boolean> {
    for (;;) {
      if (this.text.length - this.at >= count) return true;
      if (this.ended) return false;
      yield;
    }
  }

  *peek(count: number): Reading<string> {
    yield* this.need(count);
    return this.text.slice(this.at, this.at + count);
  }

  *space(): Reading<string> {
    let space = "";
    while (yield* this.need(1)) {
      const { text } = this;
      let end = this.at;
      while (end < text.length && isSpace(text.charCodeAt(end))) end += 1;
      const stopped = end < text.length;
      if (end > this.at) space += this.take(end - this.at);
      if (stopped) break;
    }
    return space;
  }

  *accept(candidates: readonly string[]): Reading<string | undefined> {
    const found = yield* this.#see(candidates);
    return found === undefined ? undefined : this.take(found.length);
  }

  *sees(candidates: readonly string[]): Reading<boolean> {
    return (yield* this.#see(candidates)) !== undefined;
  }

  *#see(candidates: readonly string[]): Reading<string | undefined> {
    for (;;) {
      const found = lookForAny(candidates, this.text, this.at, this.ended);
      if (found !== null) return found;
      yield;
    }
  }

  *while(oneCharacter: RegExp, limit: number): Reading<string> {
    const pieces: string[] = [];
    let length = 0;
    while (length < limit && (yield* this.need(1))) {
      let end = this.at;
      const last = Math.min(this.text.length, this.at + limit - length);
      while (end < last) {
        oneCharacter.lastIndex = end;
        if (!oneCharacter.test(this.text)) break;
        end += 1;
      }
      const stopped = end < last;
      length += end - this.at;
      if (end > this.at) pieces.push(this.take(end - this.at));
      if (stopped) break;
    }
    return pieces.join("");
  }

  *until(stops: Stops, each: (piece: string) => void): Reading<boolean> {
    for (;;) {
      const found = stops.find(this.text, this.at);
      const end = found >= 0 ? found : this.ended ? this.text.length : stops.held(this.text, this.at);
      if (end > this.at) each(this.take(end - this.at));
      if (found >= 0) return true;
      if (this.ended) return false;
      yield;
    }
  }

  #keep(piece: string): void {
    this.#recordedLength += piece.length;
    this.#pieces.push(piece);
    if (this.#pieces.length < mostPieces) return;
    this.#stretches.push(this.#pieces.join(""));
    this.#pieces = [];
  }

  record(): void {
    this.forget();
    this.#recording = true;
  }

  recorded(mark = 0): string {
    if (this.#stretches.length === 0) return this.#pieces.join("").slice(mark);
    this.#stretches = [this.#stretches.join("") + this.#pieces.join("")];
    this.#pieces = [];
    return this.#stretches.join("").slice(mark);
  }

  mark(): number {
    return this.#recordedLength;
  }

  replace(text: string): void {
    this.text = text + this.text.slice(this.at);
    this.at = 0;
    this.record();
  }

  forget(): void {
    this.#recording = false;
    this.#recordedLength = 0;
    if (this.#stretches.length > 0) this.#stretches = [];
    if (this.#pieces.length > 0) this.#pieces = [];
  }
}

/** Creates an empty reader. `hasTags`: as the reader has it. */
export function createTextReader(hasTags = true): TextReader {
  return new PieceReader(hasTags);
}
