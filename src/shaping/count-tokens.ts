import type { Pace } from "../stream/pace.ts";
import type { Count, Encoding } from "./tokens/encoding.ts";
import { findEncoding, loadEncoding, type EncodingName } from "./tokens/encodings.ts";

/**
 * Counting tokens with OpenAI's public encodings. some upstreams budget with cl100k_base, so for the length
 * limit that count is exact. For the models' own tokenizers it is an estimate: within about 5 % for gpt-oss
 * (o200k_base is its own), and usually within 15 % for Llama 3/4, DeepSeek, Qwen and Kimi on English and code; for
 * Chinese, Japanese and Korean cl100k_base counts up to twice as many as those models do.
 */
export function encodingNameOf(model: string | undefined): EncodingName {
  return model !== undefined && /gpt-(oss|4o|4\.1|5)/i.test(model) ? "o200k_base" : "cl100k_base";
}

/** Loads what counting takes before it is needed: some 60 ms of work in all, at a pace. Rejects when the pace does. */
export async function loadTokenTables(pace: Pace): Promise<void> {
  await loadEncodingAtPace("cl100k_base", pace);
  await loadEncodingAtPace("o200k_base", pace);
}

async function loadEncodingAtPace(name: EncodingName, pace: Pace): Promise<Encoding> {
  const steps = loadEncoding(name);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) {
    const rest = pace.rest();
    if (rest !== undefined) await rest;
  }
  return step.value;
}

function encodingOf(model: string | undefined): Encoding {
  return findEncoding(encodingNameOf(model));
}

/** Longer runs without a break are cut for counting: merging is worse than linear in the length of a run. */
const longestRun = 256;

/** A piece of this many UTF-16 units ends at the next boundary; one of the second length, between any two words. */
const pieceLength = 8192;
const longestPiece = 32_768;

/** Counting so many units takes less than a millisecond, whatever they are. */
const stepLength = 512;

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 160;
}

/** Whether a UTF-16 unit surely is a letter: Latin without accents, Chinese, Japanese or Korean. */
function isLetter(code: number): boolean {
  const latin = code | 32;
  if (latin >= 97 && latin <= 122 && code < 128) return true;
  return (
    (code >= 0x4e00 && code <= 0x9fa5) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0x3041 && code <= 0x3096) ||
    (code >= 0x30a1 && code <= 0x30fa)
  );
}

/**
 * Where cutting changes no count: before a space between two letters, and behind the last line break of several
 * blanks. (A slash is left alone: o200k_base joins it to a line break.)
 */
function isBoundary(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (text.charCodeAt(at) === 32 && isLetter(before)) return isLetter(text.charCodeAt(at + 1));
  if (before !== 10) return false;
  let next = at;
  while (text.charCodeAt(next) === 32 && next - at < longestRun) next += 1;
  return next < text.length && !isSpace(text.charCodeAt(next)) && text.charCodeAt(next) !== 47;
}

/** Cuts text so that no piece holds a run of more than `longestRun` blanks or non-blanks. */
function* piecesOf(text: string): Generator<string, void, undefined> {
  let start = 0;
  let runStart = 0;
  let inSpace = isSpace(text.charCodeAt(0));
  for (let at = 1; at < text.length; at += 1) {
    const space = isSpace(text.charCodeAt(at));
    const length = at - start;
    let cut = length >= pieceLength && isBoundary(text, at);
    if (space !== inSpace) {
      inSpace = space;
      runStart = at;
      // Where no boundary comes, a change of words must do: it may cost a token, once in a long piece.
      cut ||= length >= longestPiece;
    } else if (at - runStart >= longestRun && (text.charCodeAt(at) & 0xfc00) !== 0xdc00) {
      // Never between the halves of a surrogate pair.
      runStart = at;
      cut = true;
    }
    if (!cut) continue;
    yield text.slice(start, at);
    start = at;
  }
  if (start < text.length) yield text.slice(start);
}

/**
 * Counts the tokens of a text as `model` (roughly) sees it; without a model by cl100k_base, as some upstreams count for their length
 * limit (cl100k_base). Special tokens count as the plain text that they are here. Takes linear time on any text.
 */
export function countTokens(text: string, model?: string): number {
  if (text === "") return 0;
  const encoding = encodingOf(model);
  let tokens = 0;
  for (const piece of piecesOf(text)) {
    const count: Count = { at: 0, tokens };
    encoding.advance(piece, count, piece.length);
    ({ tokens } = count);
  }
  return tokens;
}

/** Counts as `countTokens` does, at a pace, as what it takes for that is loaded: for texts of any length. Rejects when the pace does. */
export async function countTokensAtPace(text: string, pace: Pace, model?: string): Promise<number> {
  if (text === "") return 0;
  const encoding = await loadEncodingAtPace(encodingNameOf(model), pace);
  if (text.length <= longestRun) return countTokens(text, model);
  let tokens = 0;
  for (const piece of piecesOf(text)) {
    const count: Count = { at: 0, tokens };
    while (count.at < piece.length) {
      encoding.advance(piece, count, stepLength);
      const rest = pace.rest();
      if (rest !== undefined) await rest;
    }
    ({ tokens } = count);
  }
  return tokens;
}

/** An upper bound that costs nothing: no token is shorter than a byte, and no UTF-16 unit takes more than 3. */
export function mostTokens(text: string): number {
  return text.length * 3;
}

/** The beginning of a text that is its first `limit` tokens, less the last character if they end inside of it. */
export function takeTokens(text: string, limit: number, model?: string): string {
  if (limit <= 0) return "";
  if (mostTokens(text) <= limit) return text;
  const encoding = encodingOf(model);
  let taken = 0;
  let tokens = 0;
  for (const piece of piecesOf(text)) {
    const count: Count = { at: 0, tokens };
    while (count.at < piece.length) {
      const { at, tokens: before } = count;
      encoding.advance(piece, count, 1);
      if (count.tokens <= limit) continue;
      const word = piece.slice(at, count.at);
      const bytes = encoding.bytesOfTokens(word, limit - before);
      return text.slice(0, taken + at + unitsOf(word, bytes));
    }
    ({ tokens } = count);
    taken += piece.length;
  }
  return text;
}

/** UTF-16 units of the characters at the beginning of a word that `bytes` of its UTF-8 hold whole. */
function unitsOf(word: string, bytes: number): number {
  let units = 0;
  let room = bytes;
  for (const character of word) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    units += character.length;
  }
  return units;
}
