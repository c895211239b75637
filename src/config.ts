import ipaddr from "ipaddr.js";
import { z } from "zod";

import { findBaseUrlProblem } from "./base-url.ts";
import { defaultServerAddress, parseServerAddress } from "./server-address.ts";

/** A list separated by commas; blanks around entries are dropped. */
const list = z.string().transform((text) =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ""),
);

function integer(minimum: number, maximum: number, fallback: number) {
  return z
    .string()
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum))
    .default(fallback);
}

const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" });

/** The key of an API, which goes into a header. */
const apiKey = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
  .optional();

/** The address of an API. What is wrong is told without it, since a password may be in it. */
const apiUrl = z
  .string()
  .superRefine((text, context) => {
    const problem = findBaseUrlProblem(text);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  })
  .optional();

/** What browsers send in `Origin`: scheme, host and port without a path. Also those of apps, such as `tauri://localhost`. */
const origins = list.transform((entries, context) =>
  entries.map((entry) => {
    if (entry === "*" || entry === "null") return entry;
    const origin = /^([a-z][a-z\d+.-]*):\/\/([^/?#@\s]+)\/?$/i.exec(entry);
    const isWhole = origin !== null && URL.canParse(entry) && !entry.includes("*");
    // Browsers leave out the usual port and write all in small letters.
    if (isWhole) return /^https?$/i.test(origin[1] ?? "") ? new URL(entry).origin : entry.replace(/\/$/, "");
    context.addIssue({ code: "custom", message: `"${entry}" is no origin. ${adviseOrigin(entry)}` });
    return entry;
  }),
);

function adviseOrigin(entry: string): string {
  if (entry.includes("*")) return "A * stands alone, for every origin; others are named one by one.";
  const whole = entry.includes("://") ? entry : `https://${entry}`;
  const { origin } = URL.canParse(whole) ? new URL(whole) : { origin: "null" };
  return `Write scheme and host without a path, such as ${origin === "null" ? "https://example.com" : origin}`;
}

const address = z.string().transform((text, context) => {
  const parsed = parseServerAddress(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({
    code: "custom",
    message: "must be host:port, for example localhost:16571, with a port of 0 to 65535",
  });
  return z.NEVER;
});

const alias = list.transform((entries, context) =>
  entries.flatMap((entry) => {
    const match = /^([^=]+)=(.+)$/.exec(entry);
    if (match?.[1] === undefined || match[2] === undefined) {
      context.addIssue({ code: "custom", message: `"${entry}" is not of the form client-id=akash-id` });
      return [];
    }
    return [{ from: match[1].trim(), to: match[2].trim() }];
  }),
);

/** What a proxy's address may be given as, beside addresses and networks. */
const proxyNames = new Set(["loopback", "linklocal", "uniquelocal"]);

const proxies = list.transform((entries, context) => {
  for (const entry of entries) {
    if (proxyNames.has(entry) || ipaddr.isValid(entry) || ipaddr.isValidCIDR(entry)) continue;
    context.addIssue({
      code: "custom",
      message: `"${entry}" is no address, network (10.0.0.0/8), loopback, linklocal or uniquelocal`,
    });
  }
  return entries;
});

/**
 * Every setting: environment variable -> how it is read. The docs list these in the same order
 * (docs/configuration.md); a test holds the two together. Times end in `_MS`, sizes in `_BYTES`.
 */
export const settings = {
  SERVER_ADDRESS: address.prefault(defaultServerAddress),
  AKASH_BASE_URL: httpUrl.default("https://chat.akash.network").transform((url) => url.replace(/\/+$/, "")),
  // What a client could not send in a header would lock everybody out.
  BEARER_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]*$/, "must be printable ASCII without spaces")
    .default(""),
  ADMIN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]*$/, "must be printable ASCII without spaces")
    .default(""),
  TRUSTED_PROXIES: proxies.prefault(""),
  PUBLIC_URL: httpUrl.transform((url) => url.replace(/\/+$/, "")).optional(),
  CORS_ORIGIN: origins.prefault("*"),
  BODY_LIMIT_BYTES: integer(1024, 1_073_741_824, 33_554_432),

  AKASH_ACCESS_TOKEN: z.string().optional(),
  AKASH_COOKIE: z.string().optional(),
  AKASH_USER_AGENT: z.string().min(1).optional(),

  AKASHML_API_KEY: apiKey,
  AKASHML_BASE_URL: apiUrl,
  COMPATIBLE_BASE_URL: apiUrl,
  COMPATIBLE_API_KEY: apiKey,
  CONFIG_FILE: z.string().min(1).optional(),

  MODEL_ALIASES: alias.prefault(""),
  DEFAULT_MODEL: z.string().optional(),
  LIST_ALIASES: z.enum(["on", "off"]).default("on"),
  VISION_MODELS: list.prefault("*llama-4*,*-VL*"),
  MODELS_CACHE_MS: integer(0, 86_400_000, 600_000),

  SYSTEM_PROMPT: z.string().min(1).optional(),
  REASONING: z.enum(["field", "inline", "drop"]).default("field"),
  TOOL_DETAIL: z.enum(["auto", "full", "short"]).default("auto"),
  TOOL_ARGUMENTS: z.enum(["stream", "whole"]).default("stream"),
  HISTORY_DIET: z.enum(["off", "on"]).default("off"),
  REPAIR_TURNS: integer(0, 5, 1),

  FIRST_BYTE_TIMEOUT_MS: integer(1000, 3_600_000, 600_000),
  IDLE_TIMEOUT_MS: integer(1000, 3_600_000, 330_000),
  RESPONSE_HOLD_MS: integer(0, 600_000, 10_000),
  HEARTBEAT_MS: integer(100, 600_000, 15_000),
  SHUTDOWN_TIMEOUT_MS: integer(0, 3_600_000, 30_000),
  SHUTDOWN_DELAY_MS: integer(0, 600_000, 0),

  IMAGE_TIMEOUT_MS: integer(1000, 3_600_000, 300_000),
  IMAGE_POLL_MS: integer(10, 60_000, 2000),
  IMAGE_CONCURRENCY: integer(1, 100, 8),
  IMAGE_LINK_SECRET: z.string().min(16).optional(),
  REMOTE_IMAGE_LIMIT_BYTES: integer(1024, 9_000_000, 5_000_000),
  REMOTE_IMAGE_TIMEOUT_MS: integer(100, 300_000, 10_000),

  // A shell writes the folder in its place; in a file nobody does, and a folder of that name would be made.
  DATA_DIR: z
    .string()
    .min(1)
    .regex(/^(?!~(?:\/|$))/, "must be the whole path: ~ stands for your folder in a shell alone")
    .optional(),
  // Other programs have one of this name, which may be of another database: it is read where it is used.
  DATABASE_URL: z.string().min(1).optional(),
  EGRESS_NAME: z.string().min(1).optional(),
  STORED_RESPONSES: integer(1, 1_000_000, 1000),
  STORE_FAILURE: z.enum(["serve", "refuse"]).default("serve"),
  LEDGER_DAYS: integer(0, 3650, 30),
  LEDGER_LIMIT_BYTES: integer(1_048_576, 1_099_511_627_776, 1_073_741_824),

  METRICS_ADDRESS: address.optional(),
  METRICS_TOKEN: apiKey,
  // OpenTelemetry's own names, which may be meant for other programs: judged where traces begin. Its library reads more of them.
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.string().optional(),
  OTEL_SDK_DISABLED: z.string().optional(),

  WORKERS: z
    .union([z.literal("auto"), integer(1, 256, 1)], { error: 'must be "auto" or a number from 1 to 256' })
    .default(1),

  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  LOG_FORMAT: z.enum(["auto", "pretty", "json"]).default("auto"),
} as const;

const schema = z.object(settings).check(({ value, issues }) => {
  // Who has one for chats would have all keys.
  if (value.ADMIN_TOKEN === "" || value.ADMIN_TOKEN !== value.BEARER_TOKEN) return;
  issues.push({
    code: "custom",
    path: ["ADMIN_TOKEN"],
    message: "must be another one than BEARER_TOKEN, which clients have",
    input: undefined,
  });
});

/** All settings, read and checked; keys are the environment variables' names. */
export type Config = Readonly<z.output<typeof schema>>;

/** Thrown by `readConfig`; `problems` has one line for each wrong variable. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/**
 * Reads the settings from environment variables. An empty variable counts as not set.
 * Throws `ConfigError` with every problem at once.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(settings).flatMap((name) => {
      const value = environment[name];
      return value === undefined || value.trim() === "" ? [] : [[name, value.trim()]];
    }),
  );
  const result = schema.safeParse(given);
  if (result.success) return Object.freeze(result.data);
  throw new ConfigError(result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`));
}
