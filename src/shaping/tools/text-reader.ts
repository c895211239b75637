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
  readonly ended: boolean;
  /** The buffer; unread text begins at `at`. For loops that look at single characters. */
  readonly text: string;
  readonly at: number;
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
   * blank of DeepSeek's tokens (U+FF5C, U+2581) count as `|` and `_`. Gives the text as it stands.
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

/** Writes the bar and blank of DeepSeek's tokens as `|` and `_`. Keeps the length. */
export function fold(text: string): string {
  return text.replaceAll("\uff5c", "|").replaceAll("\u2581", "_");
}

/** Creates an empty reader. */
export function createTextReader(): TextReader {
  let text = "";
  let at = 0;
  let ended = false;
  let half = "";
  let record: string[] | undefined;

  function take(count: number): string {
    const piece = text.slice(at, at + count);
    at += piece.length;
    record?.push(piece);
    return piece;
  }

  function* need(count: number): Reading<boolean> {
    for (;;) {
      if (text.length - at >= count) return true;
      if (ended) return false;
      yield;
    }
  }

  function* readWhile(oneCharacter: RegExp, limit: number): Reading<string> {
    const pieces: string[] = [];
    let length = 0;
    while (length < limit && (yield* need(1))) {
      let end = at;
      const last = Math.min(text.length, at + limit - length);
      while (end < last) {
        oneCharacter.lastIndex = end;
        if (!oneCharacter.test(text)) break;
        end += 1;
      }
      const stopped = end < last;
      length += end - at;
      if (end > at) pieces.push(take(end - at));
      if (stopped) break;
    }
    return pieces.join("");
  }

  function* see(candidates: readonly string[]): Reading<string | undefined> {
    for (;;) {
      const first = candidates.find((candidate) => {
        const here = fold(text.slice(at, at + candidate.length));
        return here === candidate || (!ended && here.length < candidate.length && candidate.startsWith(here));
      });
      if (first === undefined || text.length - at >= first.length) return first;
      yield;
    }
  }

  return {
    push(piece) {
      let more = half + piece;
      half = "";
      const last = more.charCodeAt(more.length - 1);
      if (last >= 0xd800 && last <= 0xdbff) {
        half = more.slice(-1);
        more = more.slice(0, -1);
      }
      text = at === text.length ? more : text.slice(at) + more;
      at = 0;
    },
    end() {
      text = text.slice(at) + half;
      at = 0;
      half = "";
      ended = true;
    },
    get ended() {
      return ended;
    },
    get text() {
      return text;
    },
    get at() {
      return at;
    },
    take,
    need,
    *peek(count) {
      yield* need(count);
      return text.slice(at, at + count);
    },
    space: () => readWhile(/\s/y, Infinity),
    *accept(candidates) {
      const found = yield* see(candidates);
      return found === undefined ? undefined : take(found.length);
    },
    *sees(candidates) {
      return (yield* see(candidates)) !== undefined;
    },
    while: readWhile,
    *until(stops, each) {
      for (;;) {
        const found = stops.find(text, at);
        const end = found >= 0 ? found : ended ? text.length : stops.held(text, at);
        if (end > at) each(take(end - at));
        if (found >= 0) return true;
        if (ended) return false;
        yield;
      }
    },
    record() {
      record = [];
    },
    recorded: (mark = 0) => record?.slice(mark).join("") ?? "",
    mark: () => record?.length ?? 0,
    forget() {
      record = undefined;
    },
  };
}
