import type { Paint } from "./create-paint.ts";
import { numberOf, partOf, textOf, type Entry } from "./entry.ts";
import { formatError, formatMistake } from "./format-error.ts";

/** What people call the routes; others are told by method and path. */
const names: Readonly<Record<string, string>> = {
  "POST /v1/chat/completions": "chat",
  "POST /v1/completions": "completions",
  "POST /v1/responses": "responses",
  "POST /v1/responses/compact": "compact",
  "POST /v1/responses/input_tokens": "input_tokens",
  "POST /v1/messages": "messages",
  "POST /v1/messages/count_tokens": "count_tokens",
  "POST /v1/images/generations": "images",
  "GET /v1/models": "models",
  "POST /api/chat": "ollama chat",
  "POST /api/generate": "ollama generate",
  "POST /api/embed": "ollama embed",
  "POST /v1beta/models/*:generateContent": "generateContent",
  "POST /v1beta/models/*:streamGenerateContent": "streamGenerateContent",
  "POST /v1beta/models/*:countTokens": "countTokens",
  "POST /v1beta/models/*:embedContent": "embedContent",
  "POST /v1beta/models/*:batchEmbedContents": "batchEmbedContents",
  "GET /v1beta/models": "models",
};

/** `3 ms`, `0.8 s`, `12 s`. */
export function formatDuration(ms: number): string {
  if (ms < 100) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function nameOf(entry: Entry): string {
  const request = `${textOf(entry, "method")} ${textOf(entry, "route")}`;
  return names[request] ?? request;
}

/** `12→340 tok`; `~` before what the gateway counted itself. */
function formatTokens(entry: Entry): string | undefined {
  const mark = entry["estimated"] === true ? "~" : "";
  const counts = [numberOf(entry, "inputTokens"), numberOf(entry, "outputTokens")];
  const known = counts.flatMap((count) => (count === undefined ? [] : [`${mark}${count}`]));
  return known.length === 0 ? undefined : `${known.join("→")} tok`;
}

/** The model that answered, and the name by which it was asked for if that is another. */
function formatModel(entry: Entry): string {
  const requested = textOf(entry, "requestedModel");
  const model = textOf(entry, "model") ?? requested;
  if (model === undefined) return "";
  const same = requested === undefined || requested.toLowerCase() === model.toLowerCase();
  return same ? ` ${model}` : ` ${model} (${requested})`;
}

/** pino's level of an error: what is none of the client's doing. */
const errorLevel = 50;

function statusColour(entry: Entry): "green" | "yellow" | "red" | "dim" {
  if (numberOf(entry, "level") === errorLevel) return "red";
  const status = numberOf(entry, "status");
  if (status === undefined) return "dim";
  return status >= 400 || entry["err"] !== undefined ? "yellow" : "green";
}

/** Whether another upstream than the first one that was asked had the last word. */
function hasMoved(entry: Entry): boolean {
  const attempts: unknown = entry["attempts"];
  const [first]: unknown[] = Array.isArray(attempts) ? attempts : [];
  if (typeof first !== "object" || first === null || !("upstream" in first)) return false;
  return first.upstream !== entry["upstream"];
}

/** Finishes that need no word. */
const usual = new Set(["stop", "tool-calls"]);

/** What an answer was: pictures or tokens, and what was unusual. */
function formatAnswer(entry: Entry): string[] {
  const pictures = numberOf(entry, "pictures");
  const finish = textOf(entry, "finish");
  const repairs = numberOf(entry, "repairs") ?? 0;
  const retries = numberOf(entry, "retries") ?? 0;
  const amount = pictures === undefined ? formatTokens(entry) : plural(pictures, "picture");
  const first = pictures === undefined ? numberOf(entry, "firstTokenMs") : undefined;
  return [
    ...(amount === undefined ? [] : [amount]),
    ...(finish === undefined || usual.has(finish) ? [] : [`ended by ${finish}`]),
    ...(repairs === 0 ? [] : [`asked ${repairs === 1 ? "once" : `${repairs} times`} more`]),
    ...(retries === 0 ? [] : [plural(retries, "retry").replace("retrys", "retries")]),
    ...(hasMoved(entry) ? [`at ${textOf(entry, "upstream")}`] : []),
    ...(entry["clientLeft"] === true ? ["the client left"] : []),
    ...(first === undefined ? [] : [`first ${formatDuration(first)}`]),
  ];
}

/**
 * The line of a request without its time: `200 chat DeepSeek-V3.2 12→340 tok, first 0.8 s, 4.1 s`. What a client did wrong is
 * told in the words that it got, what failed behind the gateway by its kind, words and causes.
 */
export function formatRequest(entry: Entry, paint: Paint): string {
  const error = partOf(entry, "err");
  const kind = textOf(entry, "error");
  const head = `${paint(statusColour(entry), String(numberOf(entry, "status") ?? "---"))} ${nameOf(entry)}`;
  // A mistake of the client's is found before an upstream is asked.
  const isMistake = numberOf(entry, "level") !== errorLevel && entry["upstream"] === undefined;
  if (error !== undefined && isMistake) return `${head}: ${formatMistake(error)}`;

  const background = textOf(entry, "response") === undefined ? [] : [describeBackground(entry)];
  const facts = [...formatAnswer(entry), ...background, formatDuration(numberOf(entry, "ms") ?? 0)].join(
    ", ",
  );
  const named = `${head}${formatModel(entry)}`;
  if (error === undefined) return `${named} ${facts}`;
  const id = paint("dim", textOf(entry, "reqId") ?? "");
  return `${named}: ${kind}: ${formatError(error)} ${facts} ${id}`;
}

function describeBackground(entry: Entry): string {
  const outcome = textOf(entry, "outcome");
  return outcome === undefined ? "goes on in the background" : `in the background: ${outcome}`;
}
