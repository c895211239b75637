import { z } from "zod";

/** OpenAI's own limit for its newer image models. */
const promptLimit = 32_000;
const longestSetting = 100;

/**
 * Body of `POST /v1/images/generations` as in OpenAI's reference (`ImageGenerateParams`). Every field may be
 * null, which means its default. Unknown fields are accepted.
 */
export const requestSchema = z.looseObject({
  prompt: z
    .string()
    .max(promptLimit)
    .refine((text) => text.trim() !== "", "must say what to draw"),
  model: z.string().min(1).nullish(),
  n: z.int().min(1).max(10).nullish(),
  response_format: z.enum(["url", "b64_json"]).nullish(),
  size: z
    .string()
    .regex(
      /^(?:auto|[1-9]\d{1,4}x[1-9]\d{1,4})$/,
      "must be 'auto' or width x height, each 10 to 99999, for example 1024x1024",
    )
    .nullish(),
  // Each generation of models has other words.
  quality: z.string().max(longestSetting).nullish(),
  style: z.string().max(longestSetting).nullish(),
  background: z.enum(["transparent", "opaque", "auto"]).nullish(),
  moderation: z.string().nullish(),
  output_format: z.enum(["png", "jpeg", "webp"]).nullish(),
  output_compression: z.int().min(0).max(100).nullish(),
  partial_images: z.int().min(0).max(3).nullish(),
  stream: z.boolean().nullish(),
  user: z.string().nullish(),
  image: z.unknown().optional(),
  mask: z.unknown().optional(),
});

/** A parsed request body. */
export type RequestBody = z.output<typeof requestSchema>;
