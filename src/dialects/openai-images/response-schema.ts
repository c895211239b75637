import { z } from "zod";

import { openAiErrorObject } from "../openai-error-schema.ts";

/** The answers of `POST /v1/images/generations`, as the reference tells of them. Source: OpenAI's reference, `ImagesResponse`. */

const picture = {
  url: z.string().optional().describe("A link that carries its own permission."),
  b64_json: z.string().optional(),
  revised_prompt: z.string().describe("What it was drawn from."),
};

const format = z.string().describe("`webp`, `png` or `jpeg`.");

const missing = z
  .array(
    z.object({
      index: z.int().describe("Of those that were wished for, from 0."),
      error: openAiErrorObject.extend({ retry_after: z.int().optional().describe("Seconds.") }),
    }),
  )
  .describe("Why pictures are not there.");

/** The answer without `stream`. */
export const responseSchema = z.object({
  created: z.int().describe("Unix seconds."),
  data: z.array(z.object(picture)),
  output_format: format.optional().describe("Where all pictures have one and it is known."),
  missing: missing.optional(),
});

/** The event of a picture that is ready. */
export const completedEvent = z.object({
  type: z.literal("image_generation.completed"),
  ...picture,
  created_at: z.int(),
  background: z.literal("auto"),
  output_format: format.optional(),
  quality: z.literal("auto"),
  size: z.literal("auto"),
});

/** The last event of a stream that failed, or in which pictures are missing. */
export const errorEvent = z.object({
  type: z.literal("error"),
  code: z.int(),
  data: z.object({ msg: z.string() }),
  error: openAiErrorObject.extend({ missing: missing.optional() }),
});
