import type { PromptLimit } from "../model/model-info.ts";
import type { ChatRequest, Message, ToolDefinition } from "../model/request.ts";
import { countTokens, countTokensAtPace, mostTokens } from "../shaping/count-tokens.ts";
import type { Pace } from "../stream/pace.ts";
import { countOnce, countOnceAtPace, knownCount } from "./counted-texts.ts";

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
  for (const tool of tools) yield textOfTool(tool);
  if (responseFormat.kind === "json-schema") yield JSON.stringify(responseFormat.schema);
}

/** The same tools come with every turn of a conversation, and a turn asks for their texts several times. */
const toolTexts = new WeakMap<ToolDefinition, string>();

function textOfTool(tool: ToolDefinition): string {
  const known = toolTexts.get(tool);
  if (known !== undefined) return known;
  const { name, description = "", parameters } = tool;
  const text = `${name} ${description} ${JSON.stringify(parameters)}`;
  toolTexts.set(tool, text);
  return text;
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
  for (const text of textsOf(request)) count += (await countOnceAtPace(text, pace, model)) + tokensPerMessage;
  return count;
}

/**
 * The same for the end of an answer: of a long prompt samples are counted, so that its client does not wait for long, and
 * at a pace, so that others don't at all. Rejects when the pace does.
 */
export async function estimatePromptTokens(request: Lowered, model: string, pace: Pace): Promise<number> {
  const texts = [...textsOf(request)];
  return tokensForAnswer + texts.length * tokensPerMessage + (await estimateTokensAtPace(texts, pace, model));
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

/** What of texts is counted. */
interface CountPlan {
  /** Tokens of what was counted before. */
  readonly known: number;
  readonly whole: readonly string[];
  /** Of what is too long for that. */
  readonly samples: readonly string[];
  /** What their count is to be multiplied by. */
  readonly scale: number;
}

/** New texts of so many UTF-16 units are counted whole, and of what is beyond it samples that are as long in all. */
interface CountSize {
  readonly whole: number;
  readonly samples: number;
}

const atPace: CountSize = { whole: 262_144, samples: 64 };
/** A count that nobody can have a turn in. */
const atOnce: CountSize = { whole: 16_384, samples: 16 };

/**
 * What was counted before is not counted again. What is too long for one time is counted bit by bit, with each turn of a conversation. Yields
 * after each text: looking for many takes time, too.
 */
function* planCount(
  texts: readonly string[],
  model: string | undefined,
  size: CountSize,
): Generator<void, CountPlan, undefined> {
  let known = 0;
  let room = size.whole;
  const whole: string[] = [];
  const rest: string[] = [];
  for (const text of texts) {
    const count = knownCount(text, model);
    if (count !== undefined) known += count;
    else if (text.length > room) rest.push(text);
    else {
      room -= text.length;
      whole.push(text);
    }
    yield;
  }
  return { known, whole, ...sample(rest, size) };
}

function sample(texts: readonly string[], size: CountSize): Pick<CountPlan, "samples" | "scale"> {
  const all = texts.join("");
  if (all.length <= size.whole) return { samples: texts, scale: 1 };
  const length = size.whole / size.samples;
  const step = Math.floor(all.length / size.samples);
  const samples = Array.from({ length: size.samples }, (_, at) => all.slice(at * step, at * step + length));
  return { samples, scale: all.length / size.whole };
}

/** Tokens of texts, counted in some milliseconds: exact, unless what is new of them is long. */
export function estimateTokens(texts: readonly string[], model?: string): number {
  const plan = planCount(texts, model, atOnce);
  let step = plan.next();
  while (step.done !== true) step = plan.next();
  const { known, whole, samples, scale } = step.value;
  let count = known;
  for (const text of whole) count += countOnce(text, model);
  let sampled = 0;
  for (const text of samples) sampled += countTokens(text, model);
  return count + Math.round(sampled * scale);
}

/** The same at a pace: exact, unless what is new of them is longer than any prompt should be. Rejects when the pace does. */
export async function estimateTokensAtPace(
  texts: readonly string[],
  pace: Pace,
  model?: string,
): Promise<number> {
  const plan = planCount(texts, model, atPace);
  let step = plan.next();
  for (; step.done !== true; step = plan.next()) {
    const rest = pace.rest();
    if (rest !== undefined) await rest;
  }
  const { known, whole, samples, scale } = step.value;
  let count = known;
  for (const text of whole) count += await countOnceAtPace(text, pace, model);
  let sampled = 0;
  for (const text of samples) sampled += await countTokensAtPace(text, pace, model);
  return count + Math.round(sampled * scale);
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
  for (const text of textsOf(request)) count += await countOnceAtPace(text, pace, model);
  return count;
}
