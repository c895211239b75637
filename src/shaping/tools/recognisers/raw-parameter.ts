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
   * Line breaks next to the tags: `stripped` (one each, as Qwen3-Coder lays values out), `paired` (only if the value
   * begins with one), or `kept`.
   */
  readonly newlines: "stripped" | "paired" | "kept";
  readonly ends: readonly ValueEnd[];
  /** The next parameter's opening ends the value, too, if the tag before was left out: says whether a key is real. */
  readonly implicit: { readonly mark: string; readonly isKey: (key: string) => boolean } | undefined;
}

const stopsOf = new Map<string, Stops>();

function stopsFor(marks: readonly string[]): Stops {
  // The sets of marks are few and fixed, so this stays small.
  const all = marks.flatMap((mark) => (mark.includes("|") ? [mark, mark.replaceAll("|", "\uff5c")] : [mark]));
  const key = all.join("\n");
  const stops = stopsOf.get(key) ?? createStops(all);
  stopsOf.set(key, stops);
  return stops;
}

/** Reads a raw value with its end. False: the text ended inside it. */
export function* readRawParameter(
  reader: TextReader,
  call: CallWriter,
  key: string,
  style: RawParameter,
): Reading<boolean> {
  const value = createValueSink(call, key, style);
  const stops = stopsFor([
    ...style.ends.flatMap((end) => end.marks),
    ...(style.implicit === undefined ? [] : [style.implicit.mark]),
  ]);
  for (;;) {
    if (!(yield* reader.until(stops, (text) => value.add(text)))) return false;
    if (yield* readEnd(reader, style, value)) {
      value.end();
      return true;
    }
  }
}

function* readEnd(reader: TextReader, style: RawParameter, value: ValueSink): Reading<boolean> {
  const { implicit } = style;
  if (implicit !== undefined && (yield* reader.sees([implicit.mark]))) {
    const known = value.atLineStart() && (yield* seesKey(reader, implicit.mark, implicit.isKey));
    if (!known) value.add(reader.take(implicit.mark.length));
    return known;
  }
  for (const { marks, before, outer } of style.ends) {
    if (!(yield* reader.sees(marks))) continue;
    if (outer === true) {
      const ends = yield* seesAfter(reader, marks, before);
      if (!ends) value.add(reader.take(1));
      return ends;
    }
    const mark = (yield* reader.accept(marks)) ?? "";
    const space = yield* reader.space();
    if ((yield* reader.peek(1)) === "" || (yield* reader.sees(before))) return true;
    value.add(mark + space);
    return false;
  }
  value.add(reader.take(1));
  return false;
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
  for (let length = mark.length + 1; length <= mark.length + longestLayout; length += 1) {
    const rest = fold(yield* reader.peek(length))
      .slice(mark.length)
      .trimStart();
    if (rest === "" && reader.text.length - reader.at < length) return true;
    if (rest === "") continue;
    if (before.some((one) => rest.startsWith(one))) return true;
    if (!before.some((one) => one.startsWith(rest))) return false;
    if (reader.text.length - reader.at < length) return false;
  }
  return false;
}

function* seesKey(reader: TextReader, mark: string, isKey: (key: string) => boolean): Reading<boolean> {
  for (let length = mark.length + 1; length < mark.length + longestLayout; length += 1) {
    const rest = (yield* reader.peek(length)).slice(mark.length);
    const key = /^"?([^">\n]+)"?>/.exec(rest)?.[1];
    if (key !== undefined) return isKey(key);
    if (rest.includes("\n") || rest.length + mark.length < length) return false;
  }
  return false;
}

interface ValueSink {
  atLineStart(): boolean;
  add(text: string): void;
  end(): void;
}

/** Passes a value on without the line breaks that only lay it out. */
function createValueSink(call: CallWriter, key: string, { form, newlines }: RawParameter): ValueSink {
  const pieces: string[] = [];
  let begun = false;
  let trims = newlines === "stripped";
  let heldBreak = "";
  let last = "";
  if (form !== "json") call.beginString(key, "text");

  function pass(text: string): void {
    if (form === "json") pieces.push(text);
    else call.piece(text);
  }

  return {
    atLineStart: () => last === "\n" || last === "",
    add(text) {
      if (text === "") return;
      last = text.slice(-1);
      let rest = text;
      if (!begun) {
        begun = true;
        if (newlines !== "kept" && rest.startsWith("\n")) {
          rest = rest.slice(1);
          trims = true;
        }
      }
      rest = heldBreak + rest;
      heldBreak = "";
      if (trims && rest.endsWith("\n")) {
        rest = rest.slice(0, -1);
        heldBreak = "\n";
      }
      pass(rest);
    },
    end() {
      if (form !== "json") {
        call.endString();
        return;
      }
      const raw = pieces.join("");
      if (call.json(key, raw.trim())) return;
      call.beginString(key, "text");
      call.piece(raw);
      call.endString();
    },
  };
}
