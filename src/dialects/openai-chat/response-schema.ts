import { z } from "zod";

/**
 * The answers of `POST /v1/chat/completions`, as the reference tells of them. Source: OpenAI's reference, `chat.completion` and
 * `chat.completion.chunk`; what is the gateway's own says so.
 */

/** `usage` of an answer, by prompt and answer; also of legacy completions. */
export const usage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  completion_tokens_details: z
    .object({ reasoning_tokens: z.int().describe("Always the gateway's own count.") })
    .optional(),
});

/** Beside a usage that nobody told the gateway. */
export const usageEstimated = z.literal(true).optional().describe("The token counts are the gateway's own.");

const functionCall = z.object({
  name: z.string(),
  arguments: z.string().describe("JSON, by the schema of the tool."),
});

const toolCall = z.union([
  z.object({ id: z.string(), type: z.literal("function"), function: functionCall }),
  z.object({
    id: z.string(),
    type: z.literal("custom"),
    custom: z.object({ name: z.string(), input: z.string() }),
  }),
]);

const reasoning = z.string().describe("What the model thought.");
const finishReason = z.enum(["stop", "length", "tool_calls", "content_filter", "function_call"]);

/** The answer without `stream`. */
export const responseSchema = z.object({
  id: z.string(),
  object: z.literal("chat.completion"),
  created: z.int().describe("Unix seconds."),
  model: z.string().describe("Who answered, by the id of the list of models."),
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({
        role: z.literal("assistant"),
        content: z.string().nullable(),
        refusal: z.null(),
        reasoning_content: reasoning.optional(),
        tool_calls: z.array(toolCall).optional(),
        function_call: functionCall.optional().describe("Where the request had `functions`."),
      }),
      logprobs: z.null(),
      finish_reason: finishReason,
    }),
  ),
  usage: usage.optional().describe("Missing where it is not known."),
  usage_estimated: usageEstimated,
  code: z.literal(200).optional().describe("Of a picture, as the Go program had it."),
  data: z
    .object({ model: z.string(), jobId: z.string(), prompt: z.string(), pic: z.string() })
    .optional()
    .describe("Likewise."),
});

const callDelta = z.object({
  index: z.int(),
  id: z.string().optional().describe("With the first piece of a call."),
  type: z.enum(["function", "custom"]).optional(),
  function: z.object({ name: z.string().optional(), arguments: z.string() }).optional(),
  custom: z.object({ name: z.string().optional(), input: z.string() }).optional(),
});

/** The `data` of each event of a stream, but for its end and errors. */
export const streamEvent = z.object({
  id: z.string(),
  object: z.literal("chat.completion.chunk"),
  created: z.int().describe("Unix seconds."),
  model: z.string(),
  choices: z
    .array(
      z.object({
        index: z.int(),
        delta: z
          .object({
            role: z.literal("assistant").optional(),
            content: z.string().nullable().optional(),
            reasoning_content: reasoning.optional(),
            tool_calls: z.array(callDelta).optional(),
            function_call: z.object({ name: z.string().optional(), arguments: z.string() }).optional(),
          })
          .describe("Empty in a heartbeat and in the last chunk."),
        logprobs: z.null(),
        finish_reason: finishReason.nullable(),
      }),
    )
    .describe("Empty in the chunk that has the usage."),
  usage: usage.nullable().optional().describe("With `stream_options.include_usage`, in the last chunk."),
  usage_estimated: usageEstimated,
});
