import { asNumber, asList, asObject, asText, parseJson, type JsonObject } from "./read-json.ts";

/** What the body of an error says, whatever its shape. */
export interface ErrorBody {
  /** The server's own words; empty when it has none. */
  readonly words: string;
  /** `code`, `type` and `error_type`, in lower case with blanks between. */
  readonly labels: string;
  /** A status that the body names: `code: 429`, `http_status_code`. */
  readonly status: number | undefined;
  /** The field that is wrong, as the server spells it. */
  readonly param: string | undefined;
  /** What the server counts in fields of their own (llama.cpp). */
  readonly input: number | undefined;
  readonly window: number | undefined;
  /** The host behind a router that failed (OpenRouter's `provider_name`). */
  readonly provider: string | undefined;
  /** Headers of a host behind the server, which it passes on in the body (OpenRouter). */
  readonly headers: JsonObject;
}

/** Errors quoted in errors quoted in errors: deeper than this nobody packs them. */
const deepest = 8;
/** What tells the reason stands at the beginning. */
const longestWords = 4096;

/**
 * Whether a JSON value is an error in place of an answer. Shapes: `{error: {…}}`, `{error: "text"}`, flat with
 * `object: "error"` (vLLM before 0.10, SGLang), `{code, message, type}` (llama.cpp), `{detail}` (FastAPI).
 */
export function isErrorBody(value: unknown): boolean {
  const body = asObject(value);
  if (body === undefined) return false;
  const error = body["error"];
  if (error !== undefined && error !== null && error !== "" && error !== false) return true;
  if (body["object"] === "error" || body["type"] === "error") return true;
  if (body["choices"] !== undefined) return false;
  if (body["detail"] !== undefined) return true;
  return (
    asText(body["message"]) !== undefined &&
    ["code", "type", "status", "success"].some((key) => body[key] !== undefined)
  );
}

/** Reads an error's body. Text that is no JSON is its own words, unless it is a page. */
export function readErrorBody(body: unknown): ErrorBody {
  const found: Found = { words: [], labels: [], status: undefined, param: undefined };
  if (typeof body === "string" && !/^\s*</.test(body.slice(0, 100)) && parseJson(body) === undefined) {
    addWords(found, body);
  } else gather(body, found, 0);
  const words = [...new Set(found.words)].join(": ").slice(0, longestWords);
  return {
    words,
    labels: found.labels.join(" ").toLowerCase(),
    status: found.status,
    param: found.param,
    input: found.input,
    window: found.window,
    provider: found.provider,
    headers: found.headers ?? {},
  };
}

interface Found {
  readonly words: string[];
  readonly labels: string[];
  status: number | undefined;
  param: string | undefined;
  input?: number | undefined;
  window?: number | undefined;
  provider?: string | undefined;
  headers?: JsonObject | undefined;
}

function addWords(found: Found, text: string): void {
  const words = text.trim();
  if (words !== "") found.words.push(words);
}

/** Adds what a value says: JSON inside of strings is read, too, since proxies quote the errors of others so. */
function gather(value: unknown, found: Found, depth: number): void {
  if (depth > deepest) return;
  if (typeof value === "string") {
    const inner = /^\s*[[{]/.test(value) ? parseJson(value) : undefined;
    if (inner === undefined) addWords(found, value);
    else gather(inner, found, depth + 1);
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value.slice(0, 5)) gather(item, found, depth + 1);
    return;
  }
  const body = asObject(value);
  if (body !== undefined) gatherObject(body, found, depth);
}

function gatherObject(body: JsonObject, found: Found, depth: number): void {
  for (const key of ["code", "type", "error_type", "status"]) {
    const label = asText(body[key]);
    if (label !== undefined && asNumber(label) === undefined) found.labels.push(label);
  }
  found.status ??= ["code", "http_status_code", "status", "status_code"]
    .map((key) => asNumber(body[key]))
    .find((status) => status !== undefined && status >= 400 && status < 600);
  found.param ??= asText(body["param"]) ?? readPath(body["loc"]);
  found.input ??= asNumber(body["n_prompt_tokens"]);
  found.window ??= asNumber(body["n_ctx"]);
  found.headers ??= asObject(body["headers"]);
  const metadata = asObject(body["metadata"]);
  found.headers ??= asObject(metadata?.["headers"]);
  found.provider ??= asText(metadata?.["provider_name"]);
  for (const key of ["message", "msg", "error", "errors", "detail"]) gather(body[key], found, depth + 1);
  if (metadata !== undefined) gather(metadata["raw"], found, depth + 1);
}

/** FastAPI's `loc`: `["body", "messages", 0]`. */
function readPath(loc: unknown): string | undefined {
  const path = asList(loc).filter((part) => part !== "body");
  return path.length === 0 ? undefined : path.map(String).join(".");
}
