import type { Mutable } from "../../model/mutable.ts";
import type { ChatRequest, Message, Sampling } from "../../model/request.ts";
import type { Spellings } from "../dialect.ts";
import { isRecord } from "../find-ignored.ts";
import type { ParsedChatCompletion } from "./parse-request.ts";

/** Longer lists may be a crowd. */
const mostMessages = 1000;
const noNames: ReadonlySet<string> = new Set();
const nothing: readonly never[] = [];

/** A message of words alone; `undefined` for any other. */
function acceptMessage(message: unknown): Message | undefined {
  if (!isRecord(message)) return undefined;
  const { role, content } = message;
  if (typeof content !== "string" || Object.keys(message).length !== 2) return undefined;
  const parts = [{ type: "text", text: content }] as const;
  switch (role) {
    case "system":
    case "developer":
      return { role: "system", parts };
    case "user":
      return { role, parts };
    case "assistant":
      // One without a word is left out.
      return content === "" ? undefined : { role, parts };
    default:
      return undefined;
  }
}

function acceptMessages(messages: unknown): Message[] | undefined {
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > mostMessages) return undefined;
  const accepted: Message[] = [];
  for (const message of messages as readonly unknown[]) {
    const one = acceptMessage(message);
    if (one === undefined) return undefined;
    accepted.push(one);
  }
  return accepted;
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && value >= least && value <= most;
}

function isCount(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && isBetween(value, 1, most);
}

/** Whether a field is one that nearly all clients send, and its value one that has its usual effect. */
function isPlain(name: string, value: unknown): boolean {
  switch (name) {
    case "model":
      return typeof value === "string" && value !== "";
    case "messages":
      return true;
    case "stream":
      return typeof value === "boolean";
    case "temperature":
      return isBetween(value, Number.MIN_VALUE, 2);
    case "top_p":
      return isBetween(value, Number.MIN_VALUE, 1);
    case "n":
      return isCount(value, 8);
    case "max_tokens":
    case "max_completion_tokens":
      return isCount(value, Number.MAX_SAFE_INTEGER);
    case "stream_options":
      return (
        isRecord(value) && Object.keys(value).length === 1 && typeof value["include_usage"] === "boolean"
      );
    default:
      return false;
  }
}

/** A body whose fields are plain, and of which a field that stands there has its type. */
interface PlainBody {
  readonly model?: string;
  readonly messages?: unknown;
  readonly stream?: boolean;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly n?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly stream_options?: { readonly include_usage: boolean };
}

function isPlainBody(body: unknown): body is PlainBody {
  if (!isRecord(body)) return false;
  for (const name of Object.keys(body)) if (!isPlain(name, body[name])) return false;
  return true;
}

/**
 * What the schema would make of a plain body, ten times faster: only words, and only the fields that nearly all clients send, each
 * with a value that has its usual effect. `undefined` for any other, right or wrong, which the schema has to judge.
 * A property test holds the two together.
 */
export function acceptPlain(body: unknown): ParsedChatCompletion | undefined {
  if (!isPlainBody(body) || body.model === undefined) return undefined;
  const messages = acceptMessages(body.messages);
  if (messages === undefined) return undefined;
  const { temperature, top_p: topP } = body;
  const sampling: Mutable<Sampling> = {};
  const spellings: Mutable<Spellings> = {};
  if (temperature !== undefined) {
    sampling.temperature = temperature;
    spellings.temperature = ["temperature"];
  }
  if (topP !== undefined) {
    sampling.topP = topP;
    spellings.topP = ["top_p"];
  }
  const request: Mutable<ChatRequest> = {
    model: body.model,
    messages,
    tools: nothing,
    toolChoice: { kind: "auto" },
    parallelToolCalls: true,
    responseFormat: { kind: "text" },
    sampling,
    usualSampling: { temperature: 0.85, topP: 1 },
    stopSequences: nothing,
  };
  const limit = body.max_completion_tokens ?? body.max_tokens;
  if (limit !== undefined) request.maxOutputTokens = limit;
  return {
    request,
    stream: body.stream ?? false,
    ignored: nothing,
    spellings,
    choices: body.n ?? 1,
    includeUsage: body.stream_options?.include_usage ?? false,
    legacyFunctions: false,
    customTools: noNames,
  };
}
