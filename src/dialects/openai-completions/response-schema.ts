import { z } from "zod";

import { usage, usageEstimated } from "../openai-chat/response-schema.ts";

/** The answers of `POST /v1/completions`, as the reference tells of them. Source: OpenAI's reference, `text_completion`. */

const finishReason = z.enum(["stop", "length", "content_filter"]);

const identity = {
  id: z.string(),
  object: z.literal("text_completion"),
  created: z.int().describe("Unix seconds."),
  model: z.string(),
};

/** The answer without `stream`. */
export const responseSchema = z.object({
  ...identity,
  choices: z.array(
    z.object({ text: z.string(), index: z.int(), logprobs: z.null(), finish_reason: finishReason }),
  ),
  usage: usage.optional().describe("Missing where it is not known."),
  usage_estimated: usageEstimated,
});

/** The `data` of each event of a stream, but for its end and errors. */
export const streamEvent = z.object({
  ...identity,
  choices: z
    .array(
      z.object({
        text: z.string(),
        index: z.int(),
        logprobs: z.null(),
        finish_reason: finishReason.nullable(),
      }),
    )
    .describe("Empty in the chunk that has the usage."),
  usage: usage.nullable().optional().describe("With `stream_options.include_usage`, in the last chunk."),
  usage_estimated: usageEstimated,
});
