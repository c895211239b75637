import { z } from "zod";

/** The answer of `POST /v1/embeddings`, as the reference tells of it: `WireEmbeddings`. */
export const responseSchema = z.object({
  object: z.literal("list"),
  data: z.array(
    z.object({
      object: z.literal("embedding"),
      index: z.int().describe("Of the text in `input`."),
      embedding: z
        .union([z.array(z.number()), z.string()])
        .describe("A list, or with `encoding_format: base64` little-endian float32."),
    }),
  ),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
  usage_estimated: z.literal(true).optional().describe("The token counts are the gateway's own."),
});
