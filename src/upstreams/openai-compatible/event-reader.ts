import { createLineDecoder, LineTooLongError } from "../../stream/lines.ts";
import type { Mutable } from "../../model/mutable.ts";
import { createChunkTemplate } from "./chunk-template.ts";
import type { ContentPiece } from "./read-content.ts";
import { parseJson } from "./read-json.ts";

/** What a body holds, piece by piece. */
export type BodyPiece =
  /** A value of JSON: of an event, an event that is called an error, or the whole body. */
  | { readonly kind: "value"; readonly value: unknown; readonly from: "event" | "error" | "body" }
  /** What some events said that say nothing but text, and of which one like them came as a value before. */
  | { readonly kind: "said"; readonly said: ContentPiece }
  /** `[DONE]`: nothing counts behind it. */
  | { readonly kind: "done" }
  /** What is neither; `atEnd`: the body ended in the middle of it. */
  | { readonly kind: "garbage"; readonly text: string; readonly atEnd: boolean };

/** Cuts the body of an answer into its pieces, wherever the network cut it. */
export interface EventReader {
  push(bytes: Uint8Array): readonly BodyPiece[];
  /** The body is over. Call once. */
  end(): readonly BodyPiece[];
}

/** A picture in base64 may be one line. */
const longestLine = 64 * 1024 * 1024;

/** Also as far as a line that was cut has come. */
const fields = ["data", "event", "id", "retry", "error"];

/**
 * Reads server-sent events (WHATWG HTML) as servers write them: any line end, `data:` with or without a blank, several data lines
 * to one event or none between two, comments, `event: error`, a field `error:` (llama.cpp before September 2025), a line of
 * bare JSON, and an event without its empty line at the end. A body that begins with JSON is read whole: some servers answer so
 * although a stream was asked for.
 */
export function createEventReader(maxLineBytes = longestLine): EventReader {
  const decoder = createLineDecoder({ maxLineBytes });
  let data: string[] = [];
  let event = "";
  /** Lines of a body that is JSON, or a page. */
  let whole: string[] | undefined;
  let begun = false;
  /** The first line that is no field of an event. */
  let words: string | undefined;
  let isStream = false;
  let pieces: BodyPiece[] = [];
  const template = createChunkTemplate();

  /** The last piece, as long as events say more of the same kind. */
  let speech: Mutable<ContentPiece> | undefined;

  function say({ kind, text }: ContentPiece): void {
    if (speech?.kind === kind) {
      speech.text += text;
      return;
    }
    speech = { kind, text };
    pieces.push({ kind: "said", said: speech });
  }

  function give(text: string, from: "event" | "error" | "body", atEnd: boolean): void {
    const trimmed = text.trim();
    if (trimmed === "") return;
    speech = undefined;
    if (trimmed.length === 6 && trimmed.toUpperCase() === "[DONE]") {
      pieces.push({ kind: "done" });
      return;
    }
    const value = parseJson(trimmed);
    if (value !== undefined) {
      pieces.push({ kind: "value", value, from });
      if (from === "event") template.learn(text);
    } else if (from === "error") pieces.push({ kind: "value", value: { error: trimmed }, from });
    else pieces.push({ kind: "garbage", text: trimmed, atEnd });
  }

  function dispatch(atEnd: boolean): void {
    const lines = data;
    const from = event === "error" ? "error" : "event";
    data = [];
    event = "";
    const text = lines.join("\n");
    // Events without an empty line between them look like one of several lines.
    if (lines.length < 2 || parseJson(text) !== undefined) give(text, from, atEnd);
    else for (const [at, line] of lines.entries()) give(line, from, atEnd && at === lines.length - 1);
  }

  function readField(line: string): void {
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line.charAt(colon + 1) === " " ? colon + 2 : colon + 1);
    isStream ||= name === "data" || name === "error";
    if (name === "data") {
      const [first] = data;
      if (data.length === 1 && first !== undefined && isWhole(first)) dispatch(false);
      data.push(value);
    } else if (name === "event") event = value.trim();
    else if (name === "error") give(value, "error", false);
    else if (/^\s*\{/.test(line)) give(line, "event", false);
    else if (/^\w/.test(line) && !fields.some((field) => field.startsWith(name))) words ??= line;
  }

  function read(line: string): void {
    // Nearly every line of an answer: it is known what an event says that stands alone on it.
    if (whole === undefined && data.length === 0 && event === "") {
      if (line === "") return;
      const said = template.readLine(line);
      if (said !== undefined) {
        say(said);
        return;
      }
    }
    if (!begun && line.trim() !== "") {
      begun = true;
      if (/^\s*[[{<]/.test(line)) whole = [];
    }
    if (whole !== undefined) whole.push(line);
    else if (line === "") dispatch(false);
    else readField(line);
  }

  function readWhole(lines: readonly string[]): void {
    const text = lines.join("\n");
    const value = parseJson(text);
    if (value !== undefined || lines.every((line) => !/^\s*\{.*\}\s*$/.test(line))) give(text, "body", true);
    else for (const [at, line] of lines.entries()) give(line, "event", at === lines.length - 1);
  }

  function take(lines: () => readonly string[]): readonly BodyPiece[] {
    try {
      for (const line of lines()) read(line);
    } catch (error) {
      if (!(error instanceof LineTooLongError)) throw error;
      pieces.push({ kind: "garbage", text: error.message, atEnd: false });
    }
    const given = pieces;
    pieces = [];
    speech = undefined;
    return given;
  }

  return {
    push: (bytes) => take(() => decoder.push(bytes)),
    end() {
      const last = take(() => decoder.end());
      if (whole === undefined) dispatch(true);
      else readWhole(whole);
      // A proxy's words in place of an answer.
      if (!isStream && words !== undefined) pieces.push({ kind: "garbage", text: words, atEnd: false });
      return [...last, ...take(() => [])];
    },
  };
}

/** Whether a data line is an event of its own. */
function isWhole(line: string): boolean {
  const text = line.trim();
  if (text === "[DONE]") return true;
  return text.startsWith("{") && text.endsWith("}") && parseJson(text) !== undefined;
}
