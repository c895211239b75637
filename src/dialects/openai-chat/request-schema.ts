import { z } from "zod";

import { choiceWord } from "../choice-word.ts";
import { toCustomParameters } from "../custom-tool.ts";
import { optional } from "../optional.ts";
import { samplingFields } from "../sampling-fields.ts";
import { toolExamples } from "../tool-examples.ts";
import { areStopsShort, stopsTooLong } from "../stop-texts.ts";
import { effortFields } from "./read-effort.ts";
import { wireMessages } from "./message-schema.ts";
import { responseFormat } from "./parse-response-format.ts";

const jsonSchema = z.record(z.string(), z.unknown());

const functionDefinition = z.looseObject({
  name: z.string().min(1),
  description: optional(z.string()),
  parameters: optional(jsonSchema),
  // Not in the reference: Anthropic's, which some clients keep for every API.
  input_examples: toolExamples,
});

/** A grammar stands in a field of its own here, and flat in the Responses API. */
const customFormat = z
  .looseObject({
    type: z.string(),
    syntax: optional(z.string()),
    definition: optional(z.string()),
    grammar: optional(z.looseObject({ syntax: optional(z.string()), definition: optional(z.string()) })),
  })
  .transform(({ type, grammar, syntax, definition }) => ({ type, ...(grammar ?? { syntax, definition }) }));

const customDefinition = z.looseObject({
  name: z.string().min(1),
  description: optional(z.string()),
  format: optional(customFormat),
  input_examples: toolExamples,
});

type CustomDefinition = z.output<typeof customDefinition>;

/** A custom tool, offered as a function of one text. */
function toFunction({ name, description, format, input_examples }: CustomDefinition, parametersAt: string) {
  const parameters = toCustomParameters(format);
  return { name, description, parameters, input_examples, parametersAt, custom: true };
}

/** A function or custom tool, nested as this API has it or flat as the Responses API has it; or any other type. */
const wireTool = z.union([
  z
    .looseObject({
      type: z.literal("function").optional(),
      function: functionDefinition,
      input_examples: toolExamples,
    })
    .transform(({ function: definition, input_examples: beside }) => ({
      ...definition,
      input_examples: definition.input_examples ?? beside,
      parametersAt: "function.parameters",
    })),
  functionDefinition
    .extend({ type: z.literal("function") })
    .transform((tool) => ({ ...tool, parametersAt: "parameters" })),
  z
    .looseObject({ type: z.literal("custom"), custom: customDefinition })
    .transform(({ custom }) => toFunction(custom, "custom.format")),
  customDefinition.extend({ type: z.literal("custom") }).transform((tool) => toFunction(tool, "format")),
  z
    .looseObject({
      type: z.string().refine((type) => type !== "function" && type !== "custom", "expected a function"),
    })
    .transform(() => undefined),
]);

const namedFunction = z.union([
  z
    .looseObject({ function: z.looseObject({ name: z.string() }) })
    .transform((choice) => choice.function.name),
  z.looseObject({ custom: z.looseObject({ name: z.string() }) }).transform((choice) => choice.custom.name),
  z.looseObject({ name: z.string() }).transform((choice) => choice.name),
]);

const toolChoice = z.union([
  choiceWord,
  z
    .looseObject({
      type: z.literal("allowed_tools"),
      allowed_tools: z.looseObject({ mode: z.enum(["auto", "required"]), tools: z.array(namedFunction) }),
    })
    .transform(({ allowed_tools: { mode, tools } }) => ({ mode, tools })),
  namedFunction.transform((name) => ({ name })),
]);

/** Clients that can't leave a field out write -1 or 0 for "no limit". */
const tokenLimit = optional(
  z
    .int()
    .min(-1)
    .transform((limit) => (limit > 0 ? limit : undefined)),
);

/** As many as on the other routes; OpenAI's 4 are too few for some clients. */
const mostStops = 1000;

/**
 * What both chat completions and the legacy completions understand of sampling and limits.
 * Source: https://platform.openai.com/docs/api-reference/chat/create
 */
export const commonFields = {
  model: z.string().min(1, "expected the id of a model"),
  stream: optional(z.boolean()),
  stream_options: optional(z.looseObject({ include_usage: optional(z.boolean()) })),
  ...samplingFields,
  max_tokens: tokenLimit,
  n: optional(z.int().min(1).max(8)),
  // An empty text stops nothing: forms send it where nothing was filled in.
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

/** The body of `POST /v1/chat/completions`, as far as it has an effect. */
export const requestSchema = z.looseObject({
  ...commonFields,
  messages: wireMessages,
  /** The Go program's name of `top_p`. */
  topP: optional(z.number().min(0).max(1)),
  max_completion_tokens: tokenLimit,
  tools: optional(z.array(wireTool)),
  tool_choice: optional(toolChoice),
  parallel_tool_calls: optional(z.boolean()),
  prompt_cache_key: optional(z.string()),
  functions: optional(z.array(functionDefinition)),
  function_call: optional(
    z.union([
      z.enum(["auto", "none"]),
      z.looseObject({ name: z.string() }).transform(({ name }) => ({ name })),
    ]),
  ),
  response_format: optional(responseFormat),
  modalities: optional(z.array(z.string())),
  logprobs: optional(z.boolean()),
  top_logprobs: optional(z.number()),
  /** Named unless missing: an empty object asks for a search, too. */
  web_search_options: optional(z.unknown()),
  reasoning_format: optional(z.enum(["parsed", "raw", "hidden"])),
  include_reasoning: optional(z.boolean()),
  ...effortFields,
});

/** A parsed body. */
export type RequestBody = z.output<typeof requestSchema>;
