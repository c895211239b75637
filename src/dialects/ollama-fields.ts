/** What the requests of Ollama's API have in common. Source: `api/types.go` of Ollama. */
import { z } from "zod";

import { GatewayError, shorten } from "../errors.ts";
import type { ChatRequest, Effort, JsonSchema, ReasoningMode, ResponseFormat } from "../model/request.ts";
import { refuseWrongSchema } from "../shaping/schema/compile-json-schema.ts";
import type { ParsedChat, Spellings } from "./dialect.ts";
import { findIgnored, isRecord } from "./find-ignored.ts";
import { optional } from "./optional.ts";
import { parseEffort } from "./parse-effort.ts";
import { rareSampling, readSampling, samplingFields } from "./sampling-fields.ts";
import { areStopsShort, stopsTooLong } from "./stop-texts.ts";

const { repetition_penalty: _openAiName, ...sampling } = samplingFields;

const mostStops = 1000;

/** `options`, as far as they have an effect. */
const optionFields = {
  ...sampling,
  // -1 is endless, and -2 all that the context holds.
  num_predict: optional(
    z
      .int()
      .min(-2)
      .transform((limit) => (limit > 0 ? limit : undefined)),
  ),
  stop: optional(
    z
      .union([
        z.string().transform((text) => [text]),
        z.array(z.string()).max(mostStops, `expected at most ${mostStops} texts`),
      ])
      .refine(areStopsShort, stopsTooLong)
      .transform((texts) => texts.filter((text) => text !== "")),
  ),
};

/** A time as Go reads it (`5m`, `1h30m`, `-1s`), or seconds. */
const duration = /^[+-]?(?:\d+|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

/** How long a model stays in memory: seconds or a time; negative ones mean for ever. */
const keepAlive = optional(
  z.union([z.number(), z.string().regex(duration, 'expected seconds, or a time such as "5m"')]),
);

/** Fields of both `/api/chat` and `/api/generate`. */
export const ollamaFields = {
  model: z.string().min(1, "expected the name of a model"),
  stream: optional(z.boolean()),
  format: optional(z.union([z.string(), z.record(z.string(), z.unknown())])),
  options: optional(z.looseObject(optionFields)),
  keep_alive: keepAlive,
  think: optional(z.union([z.boolean(), z.string()])),
  logprobs: optional(z.boolean()),
  top_logprobs: optional(z.number()),
};

type OllamaBody = z.output<z.ZodObject<typeof ollamaFields>>;

/** Ignored, or by upstream; `format` and `options` are judged by themselves. */
const unnamed: ReadonlySet<string> = new Set(
  Object.keys(ollamaFields).filter((name) => name !== "keep_alive" && name !== "think"),
);
const understoodOptions: ReadonlySet<string> = new Set(
  Object.keys(optionFields).filter((name) => !rareSampling.has(name)),
);

/** What fields of both routes say of the request, and of those that have no effect. */
export interface OllamaWishes {
  readonly request: Pick<
    ChatRequest,
    "responseFormat" | "sampling" | "maxOutputTokens" | "stopSequences" | "effort" | "reasoning"
  >;
  /** Without the fields of the route alone. */
  readonly spellings: Spellings;
}

/** Reads them. Throws kind `invalid-request` or `unsupported` that names the field. */
export function readOllamaWishes(body: OllamaBody): OllamaWishes {
  const { options, think } = body;
  if (body.logprobs === true || (body.top_logprobs ?? 0) > 0) {
    const param = body.logprobs === true ? "logprobs" : "top_logprobs";
    throw new GatewayError(
      "unsupported",
      `The models here tell no log probabilities: leave out '${param}'.`,
      { param },
    );
  }
  const maxOutputTokens = options?.num_predict;
  const { sampling, spellings } = readSampling(options ?? {});
  const { effort, reasoning } = readThink(think);
  return {
    request: {
      responseFormat: readFormat(body.format),
      sampling,
      ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
      stopSequences: options?.stop ?? [],
      ...(effort === undefined ? {} : { effort }),
      ...(reasoning === undefined ? {} : { reasoning }),
    },
    spellings: {
      ...Object.fromEntries(
        Object.entries(spellings).map(([name, fields]) => [name, fields.map((field) => `options.${field}`)]),
      ),
      ...(effort === undefined ? {} : { effort: ["think"] }),
    },
  };
}

/**
 * The fields of a valid body that have no effect where the upstream takes no more than the usual ones; `understood`: those of the route alone.
 * Models are loaded by their servers, so that `keep_alive` never has one beside a prompt.
 */
export function findIgnoredOllama(
  body: OllamaBody & Readonly<Record<string, unknown>>,
  understood: ReadonlySet<string>,
): string[] {
  const known = new Set([...unnamed, ...understood]);
  const named = findIgnored(body, known);
  // Off is asked for, too.
  if (body.think === false) named.push("think");
  return [
    ...named,
    ...(isRecord(body.options) ? findIgnored(body.options, understoodOptions, "options.") : []),
  ];
}

/** `true` is what hosts that know efforts take it for. Thinking that was not wanted is not shown, wherever it comes from. */
function readThink(think: boolean | string | undefined): {
  readonly effort?: Effort;
  readonly reasoning?: ReasoningMode;
} {
  if (think === undefined || think === "") return {};
  if (typeof think === "boolean")
    return { effort: think ? "medium" : "none", reasoning: think ? "field" : "drop" };
  const effort = parseEffort(think);
  if (effort === undefined) {
    const shown = shorten(think, 60);
    throw new GatewayError(
      "invalid-request",
      `'think' is not valid: expected true, false, "low", "medium", "high" or "max", not "${shown}".`,
      { param: "think", sent: [shown] },
    );
  }
  return { effort, reasoning: effort === "none" ? "drop" : "field" };
}

function readFormat(format: string | JsonSchema | undefined): ResponseFormat {
  if (format === undefined || format === "") return { kind: "text" };
  if (format === "json") return { kind: "json-object" };
  if (typeof format === "string") {
    throw new GatewayError("invalid-request", `'format' is not valid: expected "json" or a JSON schema.`, {
      param: "format",
    });
  }
  refuseWrongSchema(format, "format");
  return { kind: "json-schema", name: "response", schema: format };
}

/** A request that has nothing to answer: it wants the model in memory, or out of it. */
export interface OllamaLoad {
  readonly kind: "load";
  readonly model: string;
  readonly reason: "load" | "unload";
  readonly ignored: readonly string[];
}

/** A request for an answer. */
export interface OllamaAsk extends ParsedChat {
  readonly kind: "ask";
}

/** What one of both routes is asked. */
export type ParsedOllama = OllamaLoad | OllamaAsk;

/** What of a request that only loads a model says something. Its answer is whole, whatever `stream` says. */
const ofLoad: ReadonlySet<string> = new Set(["model", "keep_alive", "stream"]);

/** A request without a prompt: `keep_alive: 0` unloads. All that would be of an answer is named as ignored. */
export function toOllamaLoad(body: OllamaBody & Readonly<Record<string, unknown>>): OllamaLoad {
  const { model, keep_alive: keep } = body;
  return {
    kind: "load",
    model,
    reason: isZero(keep) ? "unload" : "load",
    ignored: findIgnored(body, ofLoad),
  };
}

function isZero(time: number | string | undefined): boolean {
  return time === 0 || (typeof time === "string" && !/[1-9]/.test(time));
}
