import type { CallWriter } from "../call-writer.ts";
import { createStops, fold, type Reading, type Stops, type TextReader } from "../text-reader.ts";

/** Marks that can end a raw value. They do only before one of `before` or the end: source code may hold the marks. */
export interface ValueEnd {
  readonly marks: readonly string[];
  readonly before: readonly string[];
  /** The mark stays unread: it also ends what is around the value. */
  readonly outer?: boolean;
}

/** How a raw value is written. */
export interface RawParameter {
  /** `text`: the schema says what it stands for. `string` and `json`: the markup said so. */
  readonly form: "text" | "string" | "json";
  /**
   * Line breaks next to the tags: `stripped` (one each, as Qwen3-Coder lays values out; of a value of several lines that
   * begins without one, the last line keeps its own), `paired` (only if the value
   * begins with one), or `kept`.
   */
  readonly newlines: "stripped" | "paired" | "kept";
  readonly ends: readonly ValueEnd[];
  /** The next parameter's opening ends the value, too, if the tag before was left out. */
  readonly implicit: ImplicitEnd | undefined;
}

/** An opening that ends the value before it when a real key follows. */
export interface ImplicitEnd {
  readonly mark: string;
  /** What follows the opening, with the key as its group. */
  readonly key: RegExp;
  /** Only where a line begins: the opening alone proves too little. */
  readonly atLineStart: boolean;
  readonly isKey: (key: string) => boolean;
}

/** Prepared once for each list of ends: most are constants. Models write a mark in one way, or in two. */
const mostSpellings = 4;
const stopsOf = new WeakMap<readonly ValueEnd[], Map<string | undefined, Stops>>();

function stopsFor({ ends, implicit }: RawParameter): Stops {
  const known = stopsOf.get(ends) ?? new Map<string | undefined, Stops>();
  stopsOf.set(ends, known);
  const found = known.get(implicit?.mark);
  if (found !== undefined) return found;
  const marks = [...ends.flatMap((end) => end.marks), ...(implicit === undefined ? [] : [implicit.mark])];
  const stops = createStops(
    marks.flatMap((mark) => (mark.includes("|") ? [mark, mark.replaceAll("|", "\uff5c")] : [mark])),
  );
  if (known.size >= mostSpellings) known.clear();
  known.set(implicit?.mark, stops);
  return stops;
}

/** Reads a raw value with its end. False: the text ended inside it. */
export function* readRawParameter(
  reader: TextReader,
  call: CallWriter,
  key: string,
  style: RawParameter,
): Reading<boolean> {
  if (yield* readDataOpening(reader)) return yield* readData(reader, call, key, style);
  const value = createValueSink(call, key, style);
  const stops = stopsFor(style);
  for (;;) {
    if (!(yield* reader.until(stops, (text) => value.add(text)))) return false;
    const end = yield* readEnd(reader, style, value);
    if (end !== "text") {
      value.end(end === "implicit");
      return true;
    }
  }
}

/** `implicit`: the value's own end is missing. */
function* readEnd(
  reader: TextReader,
  style: RawParameter,
  value: ValueSink,
): Reading<"end" | "implicit" | "text"> {
  const { implicit } = style;
  if (implicit !== undefined && (yield* reader.sees([implicit.mark]))) {
    const mayEnd = !implicit.atLineStart || value.atLineStart();
    const known = mayEnd && (yield* seesKey(reader, implicit));
    if (!known) value.add(reader.take(implicit.mark.length));
    return known ? "implicit" : "text";
  }
  for (const { marks, before, outer } of style.ends) {
    if (!(yield* reader.sees(marks))) continue;
    if (outer === true) {
      const ends = yield* seesAfter(reader, marks, before);
      if (!ends) value.add(reader.take(1));
      return ends ? "implicit" : "text";
    }
    const mark = (yield* reader.accept(marks)) ?? "";
    const space = yield* reader.space();
    if ((yield* reader.peek(1)) === "" || (yield* reader.sees(before))) return "end";
    value.add(mark + space);
    return "text";
  }
  value.add(reader.take(1));
  return "text";
}

// Looking ahead without reading is bounded: layout between closing tags is short.
const longestLayout = 64;

/** Whether one of `before`, or the end, comes after the mark that is next. */
function* seesAfter(
  reader: TextReader,
  marks: readonly string[],
  before: readonly string[],
): Reading<boolean> {
  let mark = "";
  for (const one of marks) if (mark === "" && (yield* reader.sees([one]))) mark = one;
  const folded = before.map(fold);
  for (let length = mark.length + 1; length <= mark.length + longestLayout; length += 1) {
    const rest = fold(yield* reader.peek(length))
      .slice(mark.length)
      .trimStart();
    if (rest === "" && reader.text.length - reader.at < length) return true;
    if (rest === "") continue;
    if (folded.some((one) => rest.startsWith(one))) return true;
    if (!folded.some((one) => one.startsWith(rest))) return false;
    if (reader.text.length - reader.at < length) return false;
  }
  return false;
}

function* seesKey(reader: TextReader, { mark, key, isKey }: ImplicitEnd): Reading<boolean> {
  for (let length = mark.length + 1; length < mark.length + longestLayout; length += 1) {
    const rest = (yield* reader.peek(length)).slice(mark.length);
    const found = key.exec(rest)?.[1];
    if (found !== undefined) return isKey(found);
    if (rest.includes("\n") || rest.length + mark.length < length) return false;
  }
  return false;
}

/** Reads the opening of a CDATA section, which some put around values that hold markup (XML 1.0, 2.7). */
function* readDataOpening(reader: TextReader): Reading<boolean> {
  return (yield* reader.accept(["<![CDATA[", "\n<![CDATA["])) !== undefined;
}

const dataEnd = createStops(["]]>"]);

/** Reads a value in a CDATA section with its end. False: the text ended inside it. */
function* readData(reader: TextReader, call: CallWriter, key: string, style: RawParameter): Reading<boolean> {
  const value = createValueSink(call, key, { ...style, newlines: "kept" });
  const closings = style.ends.filter(({ outer }) => outer !== true).flatMap(({ marks }) => marks);
  for (;;) {
    if (!(yield* reader.until(dataEnd, (text) => value.add(text)))) return false;
    const mark = reader.take(3);
    const space = yield* reader.space();
    if ((yield* reader.peek(1)) === "" || (yield* reader.accept(closings)) !== undefined) break;
    value.add(mark + space);
  }
  value.end(false);
  return true;
}

interface ValueSink {
  atLineStart(): boolean;
  add(text: string): void;
  /** `isImplicit`: a line break at the end lays out what follows. */
  end(isImplicit: boolean): void;
}

/** Passes a value on without the line breaks (of Unix or Windows) that only lay it out. */
function createValueSink(call: CallWriter, key: string, { form, newlines }: RawParameter): ValueSink {
  const pieces: string[] = [];
  let begun = false;
  let trims = newlines === "stripped";
  let opened = false;
  let hasLines = false;
  let heldBreak = "";
  let last = "";
  if (form !== "json") call.beginText(key);

  function pass(text: string): void {
    if (form === "json") pieces.push(text);
    else call.piece(text);
  }

  return {
    atLineStart: () => last === "\n" || last === "",
    add(text) {
      if (text === "") return;
      last = text.slice(-1);
      let rest = heldBreak + text;
      heldBreak = "";
      if (!begun && newlines !== "kept") {
        const opening = /^\r?\n/.exec(rest)?.[0];
        if (opening === undefined && rest === "\r") {
          heldBreak = rest;
          return;
        }
        if (opening !== undefined) {
          rest = rest.slice(opening.length);
          trims = true;
          opened = true;
        }
      }
      begun = true;
      heldBreak = /\r?\n$|\r$/.exec(rest)?.[0] ?? "";
      rest = rest.slice(0, rest.length - heldBreak.length);
      hasLines ||= rest.includes("\n");
      pass(rest);
    },
    end(isImplicit) {
      const keeps = trims ? hasLines && !opened : !isImplicit;
      if (heldBreak === "\r" || keeps) pass(heldBreak);
      if (form !== "json") {
        call.endString();
        return;
      }
      const raw = pieces.join("");
      if (call.json(key, raw.trim())) return;
      call.beginText(key);
      call.piece(raw);
      call.endString();
    },
  };
}
