import type { PlainRequest } from "../model/plain-request.ts";
import { countTokens, countTokensAtPace, mostTokens } from "../shaping/count-tokens.ts";
import type { Pace } from "../stream/pace.ts";

/** What a chat template adds to each message, and to the beginning of the answer. */
const tokensPerMessage = 4;
const tokensForAnswer = 3;
/** UTF-16 units, in English and in code. */
const unitsPerToken = 4;

/** How Akash Chat puts a file before the messages (recording 266-ctx-files). */
function* textsOf(plain: PlainRequest): Iterable<string> {
  yield plain.system;
  for (const message of plain.messages) yield message.text;
  for (const file of plain.files) yield `This is the content of the file ${file.name}: ${file.text}`;
}

/** UTF-16 units of all that is sent, images included. */
export function lengthOf(plain: PlainRequest): number {
  let length = 0;
  for (const text of textsOf(plain)) length += text.length;
  for (const { images = [] } of plain.messages) for (const { base64 } of images) length += base64.length;
  return length;
}

/** Tokens of all that is sent, as `model` sees it with its chat template. Images are not counted. Never 0. */
export async function countPlainTokensAtPace(
  plain: PlainRequest,
  model: string,
  pace: Pace,
): Promise<number> {
  let count = tokensForAnswer;
  for (const text of textsOf(plain)) count += (await countTokensAtPace(text, pace, model)) + tokensPerMessage;
  return count;
}

/**
 * The same for the end of an answer: of a long prompt samples are counted, so that its client does not wait for long, and
 * at a pace, so that others don't at all. Rejects when the pace does.
 */
export async function estimatePlainTokens(plain: PlainRequest, model: string, pace: Pace): Promise<number> {
  const all = [...textsOf(plain)];
  const { texts, scale } = sample(all);
  let count = 0;
  for (const text of texts) count += await countTokensAtPace(text, pace, model);
  return tokensForAnswer + all.length * tokensPerMessage + Math.round(count * scale);
}

/** The same at once. For short prompts. */
export function countPlainTokens(plain: PlainRequest, model: string): number {
  const texts = [...textsOf(plain)];
  return tokensForAnswer + texts.length * tokensPerMessage + estimateTokens(texts, model);
}

/** The same by the length alone, for where no count is worth its time. */
export function guessPlainTokens(plain: PlainRequest): number {
  let length = 0;
  for (const text of textsOf(plain)) length += text.length;
  return guessTokens(length);
}

/** Tokens of a text of so many UTF-16 units. */
export function guessTokens(length: number): number {
  return Math.ceil(length / unitsPerToken);
}

/** Text of so many UTF-16 units is counted whole; of longer text so many samples of that length. */
const longestWhole = 262_144;
const samples = 64;
const sampleLength = longestWhole / samples;

/** Tokens of texts, counted in bounded time: exact, unless they are longer than any prompt should be. */
export function estimateTokens(texts: readonly string[], model?: string): number {
  const { texts: counted, scale } = sample(texts);
  let count = 0;
  for (const text of counted) count += countTokens(text, model);
  return Math.round(count * scale);
}

/** What to count of texts, and what to multiply the count by. */
function sample(texts: readonly string[]): { readonly texts: readonly string[]; readonly scale: number } {
  let length = 0;
  for (const text of texts) length += text.length;
  if (length <= longestWhole) return { texts, scale: 1 };
  const all = texts.join("");
  const step = Math.floor(length / samples);
  const parts = Array.from({ length: samples }, (_, at) => all.slice(at * step, at * step + sampleLength));
  return { texts: parts, scale: length / longestWhole };
}

/**
 * Tokens as Akash Chat counts them against a model's limit (cl100k_base, the texts alone), or undefined when the
 * length shows without counting that there are not more than `limit`.
 */
export async function countAgainstLimit(
  plain: PlainRequest,
  limit: number,
  pace: Pace,
): Promise<number | undefined> {
  let most = 0;
  for (const text of textsOf(plain)) most += mostTokens(text);
  if (most <= limit) return undefined;
  let bytes = 0;
  for (const text of textsOf(plain)) bytes += Buffer.byteLength(text);
  if (bytes <= limit) return undefined;
  let count = 0;
  for (const text of textsOf(plain)) count += await countTokensAtPace(text, pace);
  return count;
}
