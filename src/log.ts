import { pino, type Logger, type LoggerOptions } from "pino";

import type { Config } from "./config.ts";
import { GatewayError } from "./errors.ts";
import type { Environment } from "./pretty/create-paint.ts";
import { writeLines } from "./write-lines.ts";

/** Names under which secrets travel; their values are replaced wherever an object with them is logged. */
const secretNames = new Set([
  "authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "token",
  "accessToken",
  "access_token",
  "apiKey",
  "api_key",
  "body",
  // What operators say is sent to an upstream, under names of their own.
  "headers",
  "ADMIN_TOKEN",
  "AKASH_ACCESS_TOKEN",
  "AKASH_COOKIE",
  "AKASHML_API_KEY",
  "BEARER_TOKEN",
  "COMPATIBLE_API_KEY",
  "DATABASE_URL",
  "IMAGE_LINK_SECRET",
  "METRICS_TOKEN",
  "OTEL_EXPORTER_OTLP_HEADERS",
]);

/** How deep objects are searched for them. A list is as deep as what it belongs to. */
const searchedDepth = 3;

/**
 * Takes secrets out of what a line is made of. pino's own redaction does the same, but its wildcards try every path
 * on every line, which was a twentieth of all CPU of a short request.
 */
function withoutSecrets(fields: Record<string, unknown>, depth = 1): Record<string, unknown> {
  let clean = fields;
  for (const name in fields) {
    const value = fields[name];
    const safe = secretNames.has(name)
      ? "[Redacted]"
      : depth < searchedDepth
        ? searchValue(value, depth + 1)
        : value;
    if (safe === value) continue;
    if (clean === fields) clean = { ...fields };
    clean[name] = safe;
  }
  return clean;
}

function searchValue(value: unknown, depth: number): unknown {
  if (isPlainObject(value)) return withoutSecrets(value, depth);
  if (!Array.isArray(value) || !value.some(isPlainObject)) return value;
  return value.map((entry: unknown) => searchValue(entry, depth));
}

/** Errors are not: they have a serializer, which shows nothing that hangs on them. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Error);
}

interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: unknown;
  readonly kind?: string;
  /** The field of the request that is wrong. */
  readonly param?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/** More of a message, which may name what a client sent, tells nobody more. */
const longestText = 4000;

/** Takes texts of a caller out, where they stand by themselves: a name may be as short as a letter. */
function withoutSent(text: string, sent: readonly string[]): string {
  return sent.reduce((rest, part) => {
    const literal = part.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
    return part === ""
      ? rest
      : rest.replace(new RegExp(`(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])`, "gu"), "…");
  }, text);
}

/** Takes the text of an error without what it quotes of requests, answers and of JSON that could not be parsed. */
function toShownText(error: Error, whole: string, sent: readonly string[]): string {
  const text = withoutQuotes(error, withoutSent(whole, sent));
  // Last: of what is cut in two no half would be found.
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

function withoutQuotes(error: Error, text: string): string {
  if (error instanceof SyntaxError) return text.replace(/".*"/s, '"…"');
  const quoted = error instanceof GatewayError ? error.answer : undefined;
  return quoted === undefined || quoted === "" ? text : text.replaceAll(quoted, "…");
}

/**
 * What a log line shows of an error: names, messages and codes along the causes, never other properties,
 * which may hold requests and their headers. Only unforeseen errors show a stack: none that is the cause of a known one.
 */
function toLoggedError(
  error: unknown,
  depth = 0,
  above: { readonly isForeseen: boolean; readonly sent: readonly string[] } = { isForeseen: false, sent: [] },
): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: "(not an Error)" };
  const code: unknown = Reflect.get(error, "code");
  const known = error instanceof GatewayError;
  const foreseen = above.isForeseen || (known && error.kind !== "internal");
  const sent = known ? [...above.sent, ...error.sent] : above.sent;
  return {
    type: error.name,
    message: toShownText(error, error.message, sent),
    ...(code === undefined ? {} : { code }),
    ...(known ? { kind: error.kind } : {}),
    ...(known && error.param !== undefined ? { param: withoutSent(error.param, sent) } : {}),
    ...(known || foreseen || error.stack === undefined
      ? {}
      : { stack: toShownText(error, error.stack, sent) }),
    ...(error.cause === undefined || depth > 3
      ? {}
      : { cause: toLoggedError(error.cause, depth + 1, { isForeseen: foreseen, sent }) }),
  };
}

/** Where a log goes: pino's destination, which may say that it is a terminal. */
export interface LogDestination {
  write(text: string): void;
  readonly isTTY?: boolean;
}

/** Of all logs of the process: each would listen for the end of it, and hold back lines that belong between another's. */
let standardOutput: ReturnType<typeof writeLines> | undefined;

function writeToStandardOutput(isShared: boolean): ReturnType<typeof writeLines> {
  standardOutput ??= writeLines(1, { isShared });
  return standardOutput;
}

/** Whether the log is for people: on a terminal, unless `LOG_FORMAT` decides otherwise. */
export function isPretty({ LOG_FORMAT }: Pick<Config, "LOG_FORMAT">, { isTTY }: LogDestination): boolean {
  return LOG_FORMAT === "pretty" || (LOG_FORMAT === "auto" && isTTY === true);
}

/**
 * Creates the log: a line for people on a terminal, JSON lines otherwise (`LOG_FORMAT` decides for both). Keys, cookies
 * and message bodies are never given to it; the redaction is a second net. `destination` is standard output by default;
 * `environment` says whether there are colours. `sharer`: the process shares its standard output with others; a worker's number
 * stands in each of its lines.
 */
export async function createLog(
  config: Pick<Config, "LOG_LEVEL" | "LOG_FORMAT">,
  destination?: LogDestination,
  environment: Environment = process.env,
  sharer?: { readonly worker?: number },
): Promise<Logger> {
  const options: LoggerOptions = {
    level: config.LOG_LEVEL,
    base: sharer?.worker === undefined ? null : { worker: sharer.worker },
    formatters: { log: (fields) => withoutSecrets(fields) },
    serializers: {
      err: (error: unknown) => toLoggedError(error),
      // Should Fastify ever log these, then nothing of them.
      req: () => undefined,
      res: () => undefined,
    },
  };
  const out = destination ?? process.stdout;
  if (!isPretty(config, out))
    return pino(options, destination ?? writeToStandardOutput(sharer !== undefined));
  // Loaded only here: a server under a process manager needs none of it.
  const { createPrettyWriter } = await import("./pretty/create-pretty-writer.ts");
  return pino(options, createPrettyWriter(out, environment));
}
