/** What the answers of `/api/chat` and `/api/generate` have in common. Source: `api/types.go` of Ollama. */
import { GatewayError } from "../errors.ts";
import type { FinishReason, Usage } from "../model/events.ts";

/** The clocks of an answer. */
export interface OllamaClock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since the request came. */
  readonly elapsed: () => number;
}

/** When an answer came, in ms since the request: its first piece, and its end. */
export interface OllamaTimes {
  readonly first: number;
  readonly end: number;
}

/** The fields by which an answer ends: durations in ns. Counts that nobody knows are left out. */
export interface OllamaEnd {
  readonly done: true;
  readonly done_reason: string;
  readonly total_duration: number;
  readonly load_duration: number;
  readonly prompt_eval_count?: number;
  readonly prompt_eval_duration: number;
  readonly eval_count?: number;
  readonly eval_duration: number;
  /** The counts are the gateway's; not Ollama's. */
  readonly usage_estimated?: true;
}

/** Encodes the end of an answer. Until the first piece the prompt was read, from then on the answer written. */
export function encodeOllamaEnd(reason: FinishReason, usage: Usage, { first, end }: OllamaTimes): OllamaEnd {
  const { inputTokens, outputTokens, estimated } = usage;
  return {
    done: true,
    done_reason: encodeDoneReason(reason),
    total_duration: toNanoseconds(end),
    load_duration: 0,
    ...(inputTokens === undefined ? {} : { prompt_eval_count: inputTokens }),
    prompt_eval_duration: toNanoseconds(first),
    ...(outputTokens === undefined ? {} : { eval_count: outputTokens }),
    eval_duration: toNanoseconds(end - first),
    ...(estimated ? { usage_estimated: true as const } : {}),
  };
}

/** Calls end an answer by `stop`. A filter has no word at Ollama, and would pass for a whole answer without one. */
function encodeDoneReason({ kind }: FinishReason): string {
  if (kind === "length") return "length";
  return kind === "content-filter" ? "content_filter" : "stop";
}

/** At least one: clients divide by it. */
function toNanoseconds(ms: number): number {
  return Math.max(1, Math.round(ms * 1_000_000));
}

/** A call as Ollama has it, whole. `index`: which one of the answer it is. */
export interface OllamaCall {
  readonly id: string;
  readonly function: { readonly index: number; readonly name: string; readonly arguments: object };
}

/** Encodes a call. Its arguments are an object here; throws kind `output-invalid` for a text that is none. */
export function encodeOllamaCall(
  { callId, name }: { readonly callId: string; readonly name: string },
  text: string,
  index: number,
): OllamaCall {
  return { id: callId, function: { index, name, arguments: parseArguments(name, text) } };
}

function parseArguments(name: string, text: string): object {
  if (text.trim() === "") return {};
  const words = `The model called \`${name}\` with arguments that are no JSON object.`;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw new GatewayError("output-invalid", words, { cause: error });
  }
  throw new GatewayError("output-invalid", words);
}

/** What a request that only loads or unloads a model is answered by, beside its `message` or `response`. */
export function encodeOllamaLoad(
  { model, reason }: { readonly model: string; readonly reason: "load" | "unload" },
  now: number,
): Readonly<Record<string, unknown>> {
  return { model, created_at: toOllamaTime(now), done: true, done_reason: reason };
}

/** A time (ms since the epoch) in the form of RFC 3339. */
export function toOllamaTime(time: number): string {
  return new Date(time).toISOString();
}

/** Creates the writer of the head that all lines of a stream share: model and time, made once for each millisecond. */
export function createLineHead(model: string, now: () => number): () => string {
  const beginning = `{"model":${JSON.stringify(model)},"created_at":"`;
  let at = Number.NaN;
  let head = "";
  return () => {
    const time = now();
    if (time !== at) {
      at = time;
      head = `${beginning}${toOllamaTime(time)}",`;
    }
    return head;
  };
}
