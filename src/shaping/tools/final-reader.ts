import { isStreamed, judgeBeginning } from "./call-shape.ts";
import { createCallFinder } from "./create-call-finder.ts";
import { readRawValue } from "./json-value.ts";
import { createCallMarker } from "./mark-calls.ts";
import { createMarks } from "./marks.ts";
import { seesNamedCall } from "./named-beginning.ts";
import { callMarkers, lineMarkers } from "./recognisers/find-recogniser.ts";
import { createStops, createTextReader, type Reading } from "./text-reader.ts";
import { createToolDirectory } from "./tool-directory.ts";
import type { ToolCallShaperOptions } from "./tool-request.ts";
import { openingHeaders, turnEndsAfterCall } from "../turn-tokens.ts";

const markers = createMarks([...callMarkers, ...lineMarkers]);
const breaks = createStops(["\n"]);
const fenceEndings = ["\n```", "\n~~~"] as const;
const fenceEnds = createStops(fenceEndings);
/** An opening tag, or ReAct's word: what follows it is its content, and left to the shaper of calls. */
const openTag = /<[^<>/\s][^<>\n]*>\s*$|\[tool_calls?\]\s*$|(?:^|\n)\**Action\**:\**\s*$/i;
/** Longer than any marker. */
const markerLength = 64;
/** So far is looked for what tells calls that are streamed from others. */
const longestBeginning = 400;
const codeIndent = /^(?: {4}|\t)/;

/** What is done with what was read. */
export interface FinalPort {
  text(text: string): void;
  /** Calls as the shaper of calls knows them. */
  calls(markup: string): void;
  /** Whether the text so far ends in a code fence. */
  inFence(): boolean;
}

/** Reads the text of one answer. */
export interface FinalReader {
  push(text: string): void;
  end(byModel: boolean): void;
  /** The answer broke off: what was held is given, but not the beginning of a call. */
  abandon(): void;
}

/** Creates the reader of `createFinalCallShaper`. */
export function createFinalReader(options: ToolCallShaperOptions, port: FinalPort): FinalReader {
  const directory = createToolDirectory(options.request.tools, options.work);
  const reader = createTextReader();
  let byModel = false;
  /** What is being held is a call as far as can be told. */
  let certain = false;
  let tail = "";
  let isBlank = true;

  function give(text: string): void {
    if (text === "") return;
    isBlank &&= text.trim() === "";
    tail = (tail + text).slice(-100);
    port.text(text);
  }

  /** Whether what is next may be JSON calls that the shaper of calls does not read, and stream, by itself. */
  function* beginsCalls(atStart: boolean): Reading<boolean> {
    for (let length = 1; ; length += 1) {
      const text = yield* reader.peek(length);
      const beginning = judgeBeginning(text, directory);
      if (beginning === "none" || (atStart && isStreamed(text, directory))) return false;
      const isEnough = !atStart || text.length < length || length > longestBeginning;
      if (isEnough && (beginning === "calls" || text.length < length)) return beginning === "calls";
    }
  }

  /** Reads JSON values to the end of the answer, and a fence's end. Calls in tags, if they are some. */
  function* readJson(fence: string | undefined, atStart: boolean): Reading<string | undefined> {
    if (!(yield* beginsCalls(atStart))) return undefined;
    certain = true;
    const marker = createCallMarker(directory, options);
    do {
      const { raw, end } = yield* readRawValue(reader, 0, (piece) => marker.add(piece));
      if (end === "cut") return undefined;
      marker.endValue(raw);
      yield* reader.space();
      if ((yield* reader.accept([";", ","])) !== undefined) yield* reader.space();
    } while (yield* reader.sees(["{", "["]));
    if (fence !== undefined) yield* reader.accept([fence]);
    return (yield* atEnd()) ? marker.end() : undefined;
  }

  /**
   * Reads calls that only their names mark, to the end of the answer or of the fence they stand in. `undefined` as soon as
   * anything else is among them.
   */
  function* readNamed(tag: string, fence: string | undefined): Reading<string | undefined> {
    const finder = createCallFinder(options);
    const pieces = [tag];
    finder.push(tag);
    certain = true;
    const isText = (): boolean => finder.textEnd > 0;
    while ((yield* reader.need(1)) && !isText()) {
      if (fence !== undefined && (yield* reader.sees(fenceEndings))) break;
      const { text, at } = reader;
      const next = text.indexOf("\n", at + 1);
      const piece = reader.take((next === -1 ? text.length : next) - at);
      pieces.push(piece);
      finder.push(piece);
    }
    if (isText()) return undefined;
    if (fence !== undefined) {
      yield* reader.space();
      yield* reader.accept([fence]);
    }
    if (!(yield* atEnd())) return undefined;
    finder.end();
    return finder.isAll ? pieces.join("") : undefined;
  }

  function* atEnd(): Reading<boolean> {
    do yield* reader.space();
    while ((yield* reader.accept(turnEndsAfterCall)) !== undefined);
    return !(yield* reader.need(1)) && byModel;
  }

  /** Reads marked calls in a fence: to its end, and that of the answer, or to the end of an answer that never closes it. */
  function* readMarked(fence: string | undefined): Reading<string | undefined> {
    const finder = createCallFinder(options);
    const pieces: string[] = [];
    const closed = yield* reader.until(fenceEnds, (piece) => {
      pieces.push(piece);
      finder.push(piece);
    });
    if (closed) {
      reader.take(1);
      if (fence === undefined || (yield* reader.accept([fence])) === undefined) return undefined;
    }
    if (!(yield* atEnd())) return undefined;
    finder.end();
    return finder.isAll ? pieces.join("") : undefined;
  }

  function* seesMarker(): Reading<boolean> {
    yield* reader.need(markerLength);
    return [markers, directory.tags].some(
      (one) => one.look(reader.text, reader.at, reader.ended) !== undefined,
    );
  }

  /** Reads, at the beginning of a line, what may be calls to the end of the answer. `undefined`: what was read is text. */
  function* readCalls(): Reading<string | undefined> {
    let atStart = isBlank;
    if (port.inFence()) {
      if ((yield* reader.sees(["{", "["])) && !(yield* seesMarker()))
        return yield* readJson(undefined, false);
      return (yield* seesMarker()) ? yield* readMarked(undefined) : undefined;
    }
    if (atStart && (yield* reader.accept(["assistant\n"])) !== undefined) {
      atStart = false;
      yield* reader.space();
    }
    if (openTag.test(tail)) return undefined;
    const tag = yield* seesNamedCall(reader, directory, atStart ? "start" : "line");
    if (tag !== undefined) return yield* readNamed(tag, undefined);
    if (yield* reader.sees(["{", "["])) return yield* readJson(undefined, atStart);
    const fence = yield* reader.accept(["```", "~~~"]);
    if (fence === undefined) return undefined;
    yield* reader.while(/[\w -]/y, 32);
    if ((yield* reader.accept(["\n", "\r\n"])) === undefined) return undefined;
    yield* reader.space();
    const named = atStart ? yield* seesNamedCall(reader, directory, "fenced") : undefined;
    if (named !== undefined) return yield* readNamed(named, fence);
    if ((yield* reader.sees(["{", "["])) && !(yield* seesMarker())) return yield* readJson(fence, false);
    return atStart && (yield* seesMarker()) ? yield* readMarked(fence) : undefined;
  }

  function* readBlanks(): Reading<string> {
    reader.record();
    const blanks = yield* reader.space();
    give(blanks);
    reader.forget();
    return blanks;
  }

  function* readAll(): Reading<void> {
    let blanks = yield* readBlanks();
    while ((yield* reader.accept(openingHeaders)) !== undefined) blanks = yield* readBlanks();
    blanks = `\n${blanks}`;
    while (yield* reader.need(1)) {
      const indent = blanks.slice(blanks.lastIndexOf("\n") + 1);
      reader.record();
      const marked = blanks.includes("\n") && !codeIndent.test(indent) ? yield* readCalls() : undefined;
      certain = false;
      if (marked === undefined) give(reader.recorded());
      else port.calls(marked);
      reader.forget();
      yield* reader.until(breaks, give);
      blanks = yield* readBlanks();
    }
  }

  const reading = readAll();
  let done = false;
  function advance(): void {
    if (!done) done = reading.next().done === true;
  }

  return {
    push(text) {
      reader.push(text);
      advance();
    },
    end(ended) {
      byModel = ended;
      reader.end();
      advance();
    },
    abandon() {
      if (!certain) give(reader.recorded() + reader.text.slice(reader.at));
      done = true;
    },
  };
}
