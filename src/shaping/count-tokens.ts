import { createRequire } from "node:module";

import type { GptEncoding } from "gpt-tokenizer/GptEncoding";

/**
 * Counting tokens with OpenAI's public encodings. Akash Chat itself budgets with cl100k_base, so for the length
 * limit that count is exact. For the models' own tokenizers it is an estimate: within about 5 % for gpt-oss
 * (o200k_base is its own), and usually within 15 % for Llama 3/4, DeepSeek, Qwen and Kimi on English and code; for
 * Chinese, Japanese and Korean cl100k_base counts up to twice as many as those models do.
 */
type EncodingName = "cl100k_base" | "o200k_base";

/** Longer runs without a break are cut for counting: merging is worse than linear in the length of a run. */
const longestRun = 256;

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

/** Reads the tables that most counts need, so that the first long request does not wait for them. */
export function loadTokenTables(): void {
  encoding("cl100k_base");
}

function encodingOf(model: string | undefined): EncodingName {
  return model !== undefined && /gpt-(oss|4o|4\.1|5)/i.test(model) ? "o200k_base" : "cl100k_base";
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 160;
}

/** Cuts text so that no piece holds a run of more than `longestRun` blanks or non-blanks. */
function cutLongRuns(text: string): string[] {
  if (text.length <= longestRun) return [text];
  const pieces: string[] = [];
  let start = 0;
  let runStart = 0;
  let inSpace = isSpace(text.charCodeAt(0));
  for (let at = 1; at < text.length; at += 1) {
    const space = isSpace(text.charCodeAt(at));
    if (space !== inSpace) {
      inSpace = space;
      runStart = at;
    } else if (at - runStart >= longestRun && (text.charCodeAt(at) & 0xfc00) !== 0xdc00) {
      // Never between the halves of a surrogate pair.
      pieces.push(text.slice(start, at));
      start = at;
      runStart = at;
    }
  }
  pieces.push(text.slice(start));
  return pieces;
}

/**
 * Counts the tokens of a text as `model` (roughly) sees it; without a model as Akash Chat counts for its length
 * limit (cl100k_base). Special tokens count as the plain text that they are here. Takes linear time on any text.
 */
export function countTokens(text: string, model?: string): number {
  if (text === "") return 0;
  const encoder = encoding(encodingOf(model));
  let count = 0;
  for (const piece of cutLongRuns(text)) count += encoder.countTokens(piece, textOnly);
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
  for (const piece of cutLongRuns(text)) {
    const tokens = encoder.encode(piece, textOnly);
    if (tokens.length > room) return taken + toPrefix(encoder.decode(tokens.slice(0, room)), piece);
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
