import { z } from "zod";

import { optional } from "../optional.ts";
import { areStopsShort, stopsTooLong } from "../stop-texts.ts";
import { wireMessages } from "./message-schema.ts";

const jsonSchema = z.record(z.string(), z.unknown());

const functionDefinition = z.looseObject({
  name: z.string().min(1),
  description: optional(z.string()),
  parameters: optional(jsonSchema),
});

/** A function tool, nested as this API has it or flat as the Responses API has it; or any other type. */
const wireTool = z.union([
  z
    .looseObject({ type: z.literal("function").optional(), function: functionDefinition })
    .transform((tool) => ({ ...tool.function, parametersAt: "function.parameters" })),
  functionDefinition
    .extend({ type: z.literal("function") })
    .transform((tool) => ({ ...tool, parametersAt: "parameters" })),
  z
    .looseObject({ type: z.string().refine((type) => type !== "function", "expected a function") })
    .transform(() => undefined),
]);

const namedFunction = z.union([
  z
    .looseObject({ function: z.looseObject({ name: z.string() }) })
    .transform((choice) => choice.function.name),
  z.looseObject({ name: z.string() }).transform((choice) => choice.name),
]);

const toolChoice = z.union([
  z.enum(["auto", "none", "required"]),
  // Mistral's word for the same.
  z.literal("any").transform(() => "required" as const),
  z
    .looseObject({
      type: z.literal("allowed_tools"),
      allowed_tools: z.looseObject({ mode: z.enum(["auto", "required"]), tools: z.array(namedFunction) }),
    })
    .transform(({ allowed_tools: { mode, tools } }) => ({ mode, tools })),
  namedFunction.transform((name) => ({ name })),
]);

const responseFormat = z.discriminatedUnion(
  "type",
  [
    z.looseObject({ type: z.literal("text") }),
    z.looseObject({ type: z.literal("json_object") }),
    z.looseObject({
      type: z.literal("json_schema"),
      json_schema: z.looseObject({
        name: z.string().default("response"),
        description: optional(z.string()),
        schema: optional(jsonSchema),
      }),
    }),
  ],
  { error: "expected type text, json_object or json_schema" },
);

const stopText = z.string().min(1, "expected a text that is not empty");

/**
 * What both chat completions and the legacy completions understand of sampling and limits.
 * Source: https://platform.openai.com/docs/api-reference/chat/create
 */
export const commonFields = {
  model: z.string().min(1, "expected the id of a model"),
  stream: optional(z.boolean()),
  stream_options: optional(z.looseObject({ include_usage: optional(z.boolean()) })),
  temperature: optional(z.number().min(0).max(2)),
  top_p: optional(z.number().min(0).max(1)),
  max_tokens: optional(z.int().min(1)),
  n: optional(z.int().min(1).max(8)),
  stop: optional(
    z
      .union([stopText.transform((text) => [text]), z.array(stopText).max(4, "expected at most 4 texts")])
      .refine(areStopsShort, stopsTooLong),
  ),
};

/** The body of `POST /v1/chat/completions`, as far as it has an effect. */
export const chatBody = z.looseObject({
  ...commonFields,
  messages: wireMessages,
  /** The Go program's name of `top_p`. */
  topP: optional(z.number().min(0).max(1)),
  max_completion_tokens: optional(z.int().min(1)),
  tools: optional(z.array(wireTool)),
  tool_choice: optional(toolChoice),
  parallel_tool_calls: optional(z.boolean()),
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
  reasoning_format: optional(z.enum(["parsed", "raw", "hidden"])),
  include_reasoning: optional(z.boolean()),
});

/** A parsed body. */
export type ChatBody = z.output<typeof chatBody>;
