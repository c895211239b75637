import type { PromptLimit } from "../model/model-info.ts";
import type { ChatRequest, Message } from "../model/request.ts";
import { countTokens, countTokensAtPace, mostTokens } from "../shaping/count-tokens.ts";
import type { Pace } from "../stream/pace.ts";

/** What a chat template adds to each message, and to the beginning of the answer. */
const tokensPerMessage = 4;
const tokensForAnswer = 3;
/** UTF-16 units, in English and in code. */
const unitsPerToken = 4;

/** What is sent: a request lowered to what its model can. */
type Lowered = Pick<ChatRequest, "messages" | "tools" | "responseFormat">;

const gap = "\n\n";

/** All texts that are sent: a text for each message, and one for each file, call, result and tool. */
function* textsOf({ messages, tools, responseFormat }: Lowered): Iterable<string> {
  for (const message of messages) yield* textsOfMessage(message);
  for (const { name, description = "", parameters } of tools) {
    yield `${name} ${description} ${JSON.stringify(parameters)}`;
  }
  if (responseFormat.kind === "json-schema") yield JSON.stringify(responseFormat.schema);
}

function* textsOfMessage({ role, parts }: Message): Iterable<string> {
  const texts: string[] = [];
  for (const part of parts) {
    if (part.type === "text") texts.push(part.text);
    // Servers that take files put so much around them.
    else if (part.type === "file") yield `This is the content of the file ${part.name}: ${part.text}`;
    else if (part.type === "reasoning") yield part.text;
    else if (part.type === "tool-call") yield `${part.name} ${part.arguments}`;
    else if (part.type === "tool-result") {
      yield part.content.map((inner) => (inner.type === "text" ? inner.text : "")).join(gap);
    }
  }
  if (texts.length > 0 || role === "user") yield texts.join(gap);
}

/** UTF-16 units of all that is sent, images included. */
export function lengthOf(request: Lowered): number {
  let length = 0;
  for (const text of textsOf(request)) length += text.length;
  for (const { parts } of request.messages) {
    for (const part of parts) {
      for (const inner of part.type === "tool-result" ? part.content : [part]) {
        if (inner.type === "image" && inner.source.kind === "data") length += inner.source.base64.length;
      }
    }
  }
  return length;
}

/** Tokens of all that is sent, as `model` sees it with its chat template. Images are not counted. Never 0. */
export async function countPromptTokensAtPace(request: Lowered, model: string, pace: Pace): Promise<number> {
  let count = tokensForAnswer;
  for (const text of textsOf(request))
    count += (await countTokensAtPace(text, pace, model)) + tokensPerMessage;
  return count;
}

/**
 * The same for the end of an answer: of a long prompt samples are counted, so that its client does not wait for long, and
 * at a pace, so that others don't at all. Rejects when the pace does.
 */
export async function estimatePromptTokens(request: Lowered, model: string, pace: Pace): Promise<number> {
  const all = [...textsOf(request)];
  const { texts, scale } = sample(all);
  let count = 0;
  for (const text of texts) count += await countTokensAtPace(text, pace, model);
  return tokensForAnswer + all.length * tokensPerMessage + Math.round(count * scale);
}

/** The same at once. For short prompts. */
export function countPromptTokens(request: Lowered, model: string): number {
  const texts = [...textsOf(request)];
  return tokensForAnswer + texts.length * tokensPerMessage + estimateTokens(texts, model);
}

/** The same by the length alone, for where no count is worth its time. */
export function guessPromptTokens(request: Lowered): number {
  let length = 0;
  for (const text of textsOf(request)) length += text.length;
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
 * Tokens of the texts alone, counted as a limit counts them (`encoding`), or undefined when the length shows without counting
 * that there are not more than `tokens`.
 */
export async function countAgainstLimit(
  request: Lowered & Pick<ChatRequest, "model">,
  { tokens, encoding }: PromptLimit,
  pace: Pace,
): Promise<number | undefined> {
  let most = 0;
  for (const text of textsOf(request)) most += mostTokens(text);
  if (most <= tokens) return undefined;
  let bytes = 0;
  for (const text of textsOf(request)) bytes += Buffer.byteLength(text);
  if (bytes <= tokens) return undefined;
  const model = encoding === "own" ? request.model : undefined;
  let count = 0;
  for (const text of textsOf(request)) count += await countTokensAtPace(text, pace, model);
  return count;
}
