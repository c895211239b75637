import { createRequire } from "node:module";

import type { GptEncoding } from "gpt-tokenizer/GptEncoding";

import type { Pace } from "../stream/pace.ts";

/**
 * Counting tokens with OpenAI's public encodings. some upstreams budget with cl100k_base, so for the length
 * limit that count is exact. For the models' own tokenizers it is an estimate: within about 5 % for gpt-oss
 * (o200k_base is its own), and usually within 15 % for Llama 3/4, DeepSeek, Qwen and Kimi on English and code; for
 * Chinese, Japanese and Korean cl100k_base counts up to twice as many as those models do.
 */
type EncodingName = "cl100k_base" | "o200k_base";

/** Longer runs without a break are cut for counting: merging is worse than linear in the length of a run. */
const longestRun = 256;

/** A piece of this many UTF-16 units ends at the next boundary; one of the second length, between any two words. */
const pieceLength = 8192;
const longestPiece = 32_768;

/** How many merged words an encoding remembers; its default of 100,000 takes tens of MB on hostile text. */
const rememberedWords = 20_000;

const textOnly = { disallowedSpecial: new Set<string>() };
const load = createRequire(import.meta.url);
const loaded = new Map<EncodingName, GptEncoding>();

/** Loaded at first use: the tables take 80–250 ms to read, which a start must not wait for. */
function encoding(name: EncodingName): GptEncoding {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const module: { default: GptEncoding } = load(`gpt-tokenizer/cjs/encoding/${name}`);
  module.default.setMergeCacheSize(rememberedWords);
  loaded.set(name, module.default);
  return module.default;
}

/** What reads each of the tables, so that no request waits for it. Each takes a stretch of 0.1 to 0.3 s. */
export const tokenTableLoaders: readonly (() => void)[] = [
  () => void encoding("cl100k_base"),
  () => void encoding("o200k_base"),
];

function encodingOf(model: string | undefined): EncodingName {
  return model !== undefined && /gpt-(oss|4o|4\.1|5)/i.test(model) ? "o200k_base" : "cl100k_base";
}

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

/**
 * Cuts text so that no piece holds a run of more than `longestRun` blanks or non-blanks, and none takes more than
 * some milliseconds to count.
 */
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

function countPiece(piece: string, model: string | undefined): number {
  return encoding(encodingOf(model)).countTokens(piece, textOnly);
}

/**
 * Counts the tokens of a text as `model` (roughly) sees it; without a model by cl100k_base, as some upstreams count for their length
 * limit (cl100k_base). Special tokens count as the plain text that they are here. Takes linear time on any text.
 */
export function countTokens(text: string, model?: string): number {
  if (text.length <= longestRun) return text === "" ? 0 : countPiece(text, model);
  let count = 0;
  for (const piece of piecesOf(text)) count += countPiece(piece, model);
  return count;
}

/** Counts as `countTokens` does, at a pace: for texts of any length. Rejects when the pace does. */
export async function countTokensAtPace(text: string, pace: Pace, model?: string): Promise<number> {
  if (text.length <= longestRun) return countTokens(text, model);
  let count = 0;
  for (const piece of piecesOf(text)) {
    count += countPiece(piece, model);
    const rest = pace.rest();
    if (rest !== undefined) await rest;
  }
  return count;
}

/** An upper bound that costs nothing: no token is shorter than a byte, and no UTF-16 unit takes more than 3. */
export function mostTokens(text: string): number {
  return text.length * 3;
}

/** The beginning of a text that is its first `limit` tokens, less the last character if they end inside of it. */
export function takeTokens(text: string, limit: number, model?: string): string {
  if (limit <= 0) return "";
  if (mostTokens(text) <= limit) return text;
  const encoder = encoding(encodingOf(model));
  let taken = "";
  let room = limit;
  for (const piece of piecesOf(text)) {
    const tokens = encoder.encode(piece, textOnly);
    if (tokens.length > room) {
      const decoded = encoder.decode(tokens.slice(0, room));
      // The library has one decoder for all texts: half a character would stay in it, and spoil the next one.
      encoder.decode(tokens.slice(room));
      return taken + toPrefix(decoded, piece);
    }
    room -= tokens.length;
    taken += piece;
  }
  return text;
}

/** Drops what a token that ends inside a character became (U+FFFD) from the end of a decoded prefix. */
function toPrefix(decoded: string, whole: string): string {
  let end = decoded.length;
  while (end > 0 && !whole.startsWith(decoded.slice(0, end))) end -= 1;
  const endsInPair = (whole.charCodeAt(end) & 0xfc00) === 0xdc00;
  return decoded.slice(0, endsInPair ? end - 1 : end);
}
