import { blockNames } from "./recognisers/markup.ts";
import type { Reading, TextReader } from "./text-reader.ts";

/** How reading a string ended: properly, or with the text, or before closing tags that end the call. */
export type StringEnd = "closed" | "cut";

/**
 * Where a JSON string stands: a quote inside it that isn't followed by what may follow there is part of the text.
 * `loose-property`: in an object whose keys are not in double quotes. `assigned-property`: `=` stands for the colon.
 */
export type StringPlace = "property" | "loose-property" | "assigned-property" | "nested";

// Quotes, backslashes, and control characters, which a JSON string can't hold as they are; and what may close a call.
const special = /["\\]|<(?:\/|$)|[^ -\uffff]/g;
const closings = blockNames.map((name) => `</${name}>`);
const closed = /^(?:<\/(?:tool|function)_calls?>\s*)+/;
/** What follows the tags that close a call, if not the end: another call, or a token. And what may become that. */
const nextCall = /^<(?:(?:tool|function)_calls?>\s*[{[<]|\|)/;
const mayBeNext = /^<(?:\/?[a-z_]*|[a-z_]+>\s*)$/;
const longestClosing = 100;

/**
 * Reads the rest of a JSON string (its opening quote is read) and gives its text still escaped, validly: line breaks
 * that should have been escaped are, and so are quotes inside the string that were not. Backslashes that escape nothing
 * disappear before `$`, `'` and `` ` `` (shell and template habits) and are kept elsewhere (`\d` of a pattern, `\U`
 * of a path).
 */
export function* readJsonString(
  reader: TextReader,
  place: StringPlace,
  emit: (escaped: string) => void,
): Reading<StringEnd> {
  for (;;) {
    if (!(yield* reader.need(1))) return "cut";
    special.lastIndex = reader.at;
    const found = special.exec(reader.text)?.index ?? reader.text.length;
    if (found > reader.at) emit(reader.take(found - reader.at));
    if (reader.at === reader.text.length) continue;
    const character = reader.text.charAt(reader.at);
    if (character === "\\") {
      if (!(yield* readEscape(reader, emit))) return "cut";
    } else if (character === "<") {
      if (reader.hasTags && (yield* seesClosing(reader))) return "cut";
      emit(reader.take(1));
    } else if (character === '"') {
      reader.take(1);
      const inside = yield* readAfterQuote(reader, place);
      if (inside === undefined) return "closed";
      emit(`\\"${JSON.stringify(inside).slice(1, -1)}`);
    } else {
      emit(JSON.stringify(reader.take(1)).slice(1, -1));
    }
  }
}

/** Reads the rest of a string in three quotes, as `readJsonString` does. */
export function* readTripleString(reader: TextReader, emit: (escaped: string) => void): Reading<StringEnd> {
  for (;;) {
    if ((yield* reader.accept(['"""'])) !== undefined) return "closed";
    if (!(yield* reader.need(1))) return "cut";
    const character = reader.text.charAt(reader.at);
    if (character === "\\") {
      if (!(yield* readEscape(reader, emit))) return "cut";
    } else emit(JSON.stringify(reader.take(1)).slice(1, -1));
  }
}

/**
 * Whether tags that close the call are next, and then the end or another call: the string was never closed, and must not take
 * them in. Reads nothing.
 */
function* seesClosing(reader: TextReader): Reading<boolean> {
  if (!(yield* reader.sees(closings))) return false;
  for (let length = 12; length < longestClosing; length += 1) {
    const text = yield* reader.peek(length);
    const rest = text.replace(closed, "");
    if (text.length < length) return rest === "";
    if (nextCall.test(rest)) return true;
    if (rest !== "" && !mayBeNext.test(rest)) return false;
  }
  return false;
}

function* readEscape(reader: TextReader, emit: (escaped: string) => void): Reading<boolean> {
  if (!(yield* reader.need(2))) return false;
  const escaped = reader.text.charAt(reader.at + 1);
  if ('"\\/bfnrt'.includes(escaped)) {
    emit(reader.take(2));
  } else if (escaped === "u") {
    const sequence = yield* reader.peek(6);
    if (/^\\u[\da-f]{4}$/i.test(sequence)) emit(reader.take(6));
    else if (sequence.length < 6) return false;
    else emit(`\\${reader.take(1)}`);
  } else {
    reader.take(1);
    if (!"$'`\n".includes(escaped)) emit("\\\\");
  }
  return true;
}

/**
 * Decides by what follows whether a quote ended its string. In valid JSON it always did, so that this only changes
 * what would be broken. Gives `undefined` if it did, otherwise the text that was read to find out.
 */
function* readAfterQuote(reader: TextReader, place: StringPlace): Reading<string | undefined> {
  const space = yield* reader.space();
  const next = yield* reader.peek(1);
  if (next === "" || next === "}" || next === "]" || (next === "<" && reader.hasTags)) return undefined;
  if (next === "/" && "},]".includes(yield* behindComment(reader))) return undefined;
  // In a list a comma is missing where the next string has a line of its own.
  if (place === "nested" && next === '"' && space.includes("\n")) return undefined;
  if (place === "nested")
    return next === "," || next === ":" || (yield* reader.peek(3)) === "```" ? undefined : space;
  // A comma is missing: in text, two quotes that close and open again, then a colon, hardly ever happen.
  if (next === '"' && (yield* seesKey(reader, place)) === "yes") return undefined;
  if (next !== ",") return space;
  const comma = reader.take(1);
  const more = yield* reader.space();
  const after = yield* reader.peek(1);
  const mayBeKey = after === '"' || (place === "loose-property" && /[\w$']/.test(after));
  if (after === "/" && '}"'.includes(yield* behindComment(reader))) return undefined;
  const ends = after === "}" || after === "" || (mayBeKey && (yield* seesKey(reader, place)) !== "no");
  return ends ? undefined : space + comma + more;
}

// Keys are short; what is looked at without being read must be, too.
const longestKey = 256;
const keyAndNext = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\w$.-]+(?![\w$.-]))\s*([^\s])/;

/** Whether a key and its colon come next, rather than more quotes of a text that has a comma in it. */
function* seesKey(reader: TextReader, place: StringPlace): Reading<"yes" | "no" | "unknown"> {
  for (let length = 2; length < longestKey; length += 1) {
    const text = yield* reader.peek(length);
    if (text.length < length) return "unknown";
    const after = keyAndNext.exec(text)?.[1];
    if (after !== undefined)
      return after === ":" || (after === "=" && place === "assigned-property") ? "yes" : "no";
  }
  return "unknown";
}

const comment = /^(?:\/\*[^*]*\*\/|\/\/[^\n]*\n)\s*([^\s])/;

/** The sign behind a comment that comes next; `none` if none does, or only a long one. */
function* behindComment(reader: TextReader): Reading<string> {
  if (!/^\/[*/]/.test(yield* reader.peek(2))) return "none";
  return comment.exec(yield* reader.peek(longestKey))?.[1] ?? "none";
}
