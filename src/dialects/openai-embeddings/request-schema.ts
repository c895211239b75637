import { z } from "zod";

import { optional } from "../optional.ts";

/** No model has longer vectors; more would only fill the memory. */
const longestVector = 65_536;

/** Body of `POST /v1/embeddings` as in OpenAI's reference (`EmbeddingCreateParams`), as far as it has an effect. */
export const requestSchema = z.looseObject({
  model: optional(z.string()),
  // Of several forms and long: parse-input.ts reads it.
  input: z.unknown(),
  dimensions: optional(z.int().min(1).max(longestVector)),
  encoding_format: optional(z.enum(["float", "base64"])),
});
