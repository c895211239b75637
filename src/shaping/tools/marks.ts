import type { Reading, TextReader } from "./text-reader.ts";

/** Texts to look for at a place, of which the first of the list that fits counts. */
export interface Marks {
  /**
   * What stands at `at`; `undefined` if none does, and `null` if that can't be told before more text has come (never when
   * the text has `ended`). The bar and the blank of DeepSeek's tokens (U+FF5C, U+2581) count as `|` and `_`, and case
   * does not count (`<TOOL_CALL>`).
   */
  look(text: string, at: number, ended: boolean): string | undefined | null;
  /** Whether a mark begins with this sign (ASCII): one look, with which most of a text is passed over. */
  begins(sign: string): boolean;
}

/** A UTF-16 unit as marks are compared. */
function foldUnit(unit: number): number {
  if (unit < 0x2581) return unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
  return unit === 0xff5c ? 0x7c : unit === 0x2581 ? 0x5f : unit;
}

/** Lists that are long are looked for at once; those that are constants are prepared once. */
const longList = 8;
const prepared = new WeakMap<readonly string[], Marks>();

/** Looks for the texts of a list, as `Marks` does: of a long list that is no constant each look costs all of it. */
export function lookForAny(
  candidates: readonly string[],
  text: string,
  at: number,
  ended: boolean,
): string | undefined | null {
  if (candidates.length < longList) return lookFor(candidates, text, at, ended);
  const marks = prepared.get(candidates) ?? createMarks(candidates);
  prepared.set(candidates, marks);
  return marks.look(text, at, ended);
}

/** Looks for a few texts one after another, as `Marks` does for many: nothing is prepared and nothing is copied. */
export function lookFor(
  candidates: readonly string[],
  text: string,
  at: number,
  ended: boolean,
): string | undefined | null {
  for (const candidate of candidates) {
    let same = 0;
    while (
      same < candidate.length &&
      at + same < text.length &&
      foldUnit(text.charCodeAt(at + same)) === foldUnit(candidate.charCodeAt(same))
    ) {
      same += 1;
    }
    if (same === candidate.length) return candidate;
    if (!ended && at + same >= text.length) return null;
  }
  return undefined;
}

/** A beginning of marks. */
interface Node {
  readonly next: Map<number, Node>;
  /** The place in the list of the mark that this is; `Infinity` if it is none. */
  place: number;
  /** The first place of the marks that begin so and are longer. */
  longer: number;
}

function createNode(): Node {
  return { next: new Map(), place: Infinity, longer: Infinity };
}

/** Prepares many marks: a look costs a step for each character that still fits, however many there are. */
export function createMarks(marks: readonly string[]): Marks {
  const root = createNode();
  for (const [place, mark] of marks.entries()) {
    let node = root;
    for (let at = 0; at < mark.length; at += 1) {
      node.longer = Math.min(node.longer, place);
      const unit = foldUnit(mark.charCodeAt(at));
      const next = node.next.get(unit) ?? createNode();
      node.next.set(unit, next);
      node = next;
    }
    node.place = Math.min(node.place, place);
  }
  const first = new Set(
    marks.flatMap((mark) => [mark.charAt(0).toLowerCase(), mark.charAt(0).toUpperCase()]),
  );
  return {
    begins: (sign) => first.has(sign),
    look(text, at, ended) {
      let node = root;
      let found = Infinity;
      for (let end = at; end < text.length; end += 1) {
        const next = node.next.get(foldUnit(text.charCodeAt(end)));
        if (next === undefined) return marks[found];
        node = next;
        found = Math.min(found, node.place);
      }
      return !ended && node.longer < found ? null : marks[found];
    },
  };
}

/** Reads what of `marks` stands where the reader is; reads nothing if none does. */
export function* readMark(reader: TextReader, marks: Marks): Reading<string | undefined> {
  const mark = yield* lookAhead(reader, marks);
  if (mark !== undefined) reader.take(mark.length);
  return mark;
}

/** Whether one of `marks` stands where the reader is. */
export function* seesMark(reader: TextReader, marks: Marks): Reading<boolean> {
  return (yield* lookAhead(reader, marks)) !== undefined;
}

function* lookAhead(reader: TextReader, marks: Marks): Reading<string | undefined> {
  for (;;) {
    const mark = marks.look(reader.text, reader.at, reader.ended);
    if (mark !== null) return mark;
    yield;
  }
}
