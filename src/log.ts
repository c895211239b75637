import { pino, type DestinationStream, type Logger, type LoggerOptions } from "pino";

import type { Config } from "./config.ts";
import { GatewayError } from "./errors.ts";

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
  "body",
]);

/** How deep objects are searched for them. */
const searchedDepth = 3;

/**
 * Takes secrets out of what a line is made of. pino's own redaction does the same, but its wildcards try every path
 * on every line, which was a twentieth of all CPU of a short request.
 */
function withoutSecrets(fields: Record<string, unknown>, depth = 1): Record<string, unknown> {
  let clean = fields;
  for (const [name, value] of Object.entries(fields)) {
    const safe = secretNames.has(name)
      ? "[Redacted]"
      : depth < searchedDepth && isPlainObject(value)
        ? withoutSecrets(value, depth + 1)
        : value;
    if (safe === value) continue;
    if (clean === fields) clean = { ...fields };
    clean[name] = safe;
  }
  return clean;
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
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/** More of a message, which may name what a client sent, tells nobody more. */
const longestText = 4000;

/** Takes the text of an error without what it quotes of answers and of JSON that could not be parsed. */
function toShownText(error: Error, whole: string): string {
  const text = whole.length > longestText ? `${whole.slice(0, longestText)}…` : whole;
  if (error instanceof SyntaxError) return text.replace(/".*"/s, '"…"');
  const quoted = error instanceof GatewayError ? error.answer : undefined;
  return quoted === undefined || quoted === "" ? text : text.replaceAll(quoted, "…");
}

/**
 * What a log line shows of an error: names, messages and codes along the causes, never other properties,
 * which may hold requests and their headers. Only unforeseen errors show a stack.
 */
function toLoggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: "(not an Error)" };
  const code: unknown = Reflect.get(error, "code");
  const known = error instanceof GatewayError;
  return {
    type: error.name,
    message: toShownText(error, error.message),
    ...(code === undefined ? {} : { code }),
    ...(known ? { kind: error.kind } : {}),
    ...(known || error.stack === undefined ? {} : { stack: toShownText(error, error.stack) }),
    ...(error.cause === undefined || depth > 3 ? {} : { cause: toLoggedError(error.cause, depth + 1) }),
  };
}

/**
 * Creates the log: pretty on a terminal, JSON lines otherwise (`LOG_FORMAT` decides for both). Keys, cookies
 * and message bodies are never given to it; the redaction is a second net.
 */
export async function createLog(
  config: Pick<Config, "LOG_LEVEL" | "LOG_FORMAT">,
  destination?: DestinationStream,
): Promise<Logger> {
  const options: LoggerOptions = {
    level: config.LOG_LEVEL,
    base: null,
    formatters: { log: (fields) => withoutSecrets(fields) },
    serializers: {
      err: (error: unknown) => toLoggedError(error),
      // Should Fastify ever log these, then nothing of them.
      req: () => undefined,
      res: () => undefined,
    },
  };
  if (destination !== undefined) return pino(options, destination);
  const pretty = config.LOG_FORMAT === "pretty" || (config.LOG_FORMAT === "auto" && process.stdout.isTTY);
  if (!pretty) return pino(options);
  // Loaded only here: a server under a process manager needs none of it.
  const { PinoPretty } = await import("pino-pretty");
  return pino(options, PinoPretty({ colorize: process.stdout.isTTY, ignore: "pid,hostname", sync: true }));
}
