import type { Message, TextPart, ToolResultPart } from "../../model/request.ts";
import { mapResults } from "./map-results.ts";

/** Results of so many of the newest turns with calls stay whole: what the model works on. */
const wholeTurns = 3;

/** What is left of an old result: lines, and of them at most so many characters. */
const head = { lines: 8, characters: 500 };
const tail = { lines: 4, characters: 250 };

/** What a note costs: a result that would not become shorter by more than that stays as it is. */
const leastSaved = 150;

/**
 * A conversation whose old results of tools cost less: of a long one the first and last lines stay, with a note between
 * them; one whose text comes again in a later result is only a note. Never touches words of the user or the model, nor
 * the results of the last turns. Pictures stay.
 */
export function shortenHistory(messages: readonly Message[]): readonly Message[] {
  const seen = new Set<string>();
  return mapResults(messages, ({ result, call, turnsSince }) => {
    const text = result.content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
    if (text.length <= leastSaved) return result;
    const key = `${call?.name ?? ""}\0${text}`;
    const isRepeated = seen.has(key);
    seen.add(key);
    if (turnsSince < wholeTurns) return result;
    return isRepeated ? withText(result, repeatNote) : shortenResult(result);
  });
}

const repeatNote =
  "[Left out to save space: it was the same as a later result in this conversation. See there.]";

/** A result with other words; its pictures stay behind them. */
function withText(result: ToolResultPart, text: string): ToolResultPart {
  const pictures = result.content.filter(({ type }) => type === "image");
  return { ...result, content: [{ type: "text", text }, ...pictures] };
}

function shortenResult(result: ToolResultPart): ToolResultPart {
  const content = result.content.map((part) => (part.type === "text" ? shortenPart(part) : part));
  return content.every((part, index) => part === result.content[index]) ? result : { ...result, content };
}

function shortenPart(part: TextPart): TextPart {
  const { text } = part;
  const first = firstLines(text);
  const last = lastLines(text);
  const left = text.slice(first.length, text.length - last.length);
  if (first.length + last.length + leastSaved >= text.length) return part;
  // The last of them ends where the tail begins.
  const lines = left.replace(/\n$/, "").split("\n").length;
  const amount = lines > 2 ? `${lines} lines` : `${left.length} characters`;
  const note = `[… ${amount} of this old result left out to save space. Call the tool again if you need them. …]`;
  return { type: "text", text: `${first.trimEnd()}\n${note}\n${last.trimStart()}` };
}

/** The beginning of a text: whole lines if they are not too long. */
function firstLines(text: string): string {
  let end = 0;
  for (let line = 0; line < head.lines; line += 1) {
    const next = text.indexOf("\n", end) + 1;
    if (next === 0 || next > head.characters) break;
    end = next;
  }
  return end === 0 ? sliceWhole(text, 0, head.characters) : text.slice(0, end);
}

/** The end of a text, likewise. */
function lastLines(text: string): string {
  const { length } = text.trimEnd();
  let start = length;
  for (let line = 0; line < tail.lines; line += 1) {
    const next = text.lastIndexOf("\n", start - 2) + 1;
    if (next === 0 || length - next > tail.characters) break;
    start = next;
  }
  return start === length ? sliceWhole(text, length - tail.characters, text.length) : text.slice(start);
}

/** A part of a text that begins and ends with no half of a surrogate pair. */
function sliceWhole(text: string, from: number, to: number): string {
  const start = Math.max(0, from);
  return text.slice(isLowHalf(text, start) ? start + 1 : start, isLowHalf(text, to) ? to - 1 : to);
}

function isLowHalf(text: string, at: number): boolean {
  return at > 0 && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
