import { z } from "zod";
import { choiceWord } from "../choice-word.ts";
import { responseFormat } from "../openai-chat/parse-response-format.ts";
import { input } from "./input-schema.ts";
import { optional } from "../optional.ts";
import { areStopsShort, stopsTooLong } from "../stop-texts.ts";
import { wireForms } from "../../openapi/wire-form.ts";
import { wireTool } from "./tool-schema.ts";

/** As OpenAI's API has it. They are stored, and given back with each event that holds the response. */
const mostMetadata = 16;

const jsonObject = z.record(z.string(), z.unknown());

const conversationId = z.string().min(1, "must not be empty");

const toolChoice = z.union([
  choiceWord,
  z.looseObject({
    type: z.string(),
    name: optional(z.string()),
    namespace: optional(z.string()),
    mode: optional(z.enum(["auto", "required"])),
    tools: optional(z.array(jsonObject)),
    /** Chat Completions' nesting, which some clients keep. */
    function: optional(z.looseObject({ name: z.string() })),
  }),
]);

/** The request body of `POST /v1/responses`; what is not named here has no meaning for us. */
export const requestSchema = z.looseObject({
  model: z.string().min(1, "must not be empty"),
  input: optional(input),
  instructions: optional(z.string()),
  previous_response_id: optional(z.string()),
  conversation: optional(
    z.union([conversationId, z.looseObject({ id: conversationId }).transform(({ id }) => id)]),
  ),
  prompt: optional(z.unknown()),

  tools: optional(z.array(wireTool)),
  tool_choice: optional(toolChoice),
  parallel_tool_calls: optional(z.boolean()),

  text: optional(z.looseObject({ format: optional(responseFormat), verbosity: optional(z.string()) })),
  stream_options: optional(z.looseObject({})),
  reasoning: optional(
    z.looseObject({
      effort: optional(z.string()),
      summary: optional(z.string()),
      generate_summary: optional(z.string()),
    }),
  ),
  temperature: optional(z.number().min(0).max(2)),
  top_p: optional(z.number().min(0).max(1)),
  // Clients that can't leave the field out write -1 or 0 for "no limit".
  max_output_tokens: optional(
    z
      .int()
      .min(-1)
      .transform((limit) => (limit > 0 ? limit : undefined)),
  ),
  truncation: optional(z.enum(["auto", "disabled"])),
  context_management: optional(
    z
      .array(
        z.looseObject({
          type: z.literal("compaction", { error: 'expected "compaction", the only type there is' }),
          compact_threshold: optional(z.int().min(1)),
        }),
      )
      .max(1, "expected one entry at most"),
  ),
  stop: optional(
    z
      .union([
        z.string().transform((text) => [text]),
        z.array(z.string()).max(1000, "expected at most 1000 texts"),
      ])
      .refine(areStopsShort, stopsTooLong)
      .transform((texts) => texts.filter((text) => text !== "")),
  ),

  stream: optional(z.boolean()),
  store: optional(z.boolean()),
  background: optional(z.boolean()),
  // Counted before it is read, as reading is what takes long.
  metadata: optional(
    z
      .unknown()
      .refine((value) => Object.keys(Object(value)).length <= mostMetadata, {
        error: `expected at most ${mostMetadata} entries`,
        abort: true,
      })
      .pipe(z.record(z.string(), z.string()))
      .register(wireForms, {
        show: () => ({
          type: "object",
          additionalProperties: { type: "string" },
          maxProperties: mostMetadata,
        }),
      }),
  ),

  /** Without effect here; repeated in the answer. */
  max_tool_calls: optional(z.int()),
  top_logprobs: optional(z.int().min(0).max(20)),
  prompt_cache_key: optional(z.string()),
  safety_identifier: optional(z.string()),
  user: optional(z.string()),
});

/** A parsed request body. */
export type RequestBody = z.output<typeof requestSchema>;

/** What `tool_choice` may be. */
export type WireToolChoice = z.output<typeof toolChoice>;
