import { z } from "zod";

import { optional } from "../optional.ts";
import { wireForms } from "../../openapi/wire-form.ts";
import { mostTexts } from "./parse-input.ts";

/** No model has longer vectors; more would only fill the memory. */
const longestVector = 65_536;

const text = { type: "string", minLength: 1 };
const tokens = { type: "array", items: { type: "integer", minimum: 0 }, minItems: 1 };
const listOfTokens = { type: "array", items: tokens, minItems: 1, maxItems: mostTexts };

/** Body of `POST /v1/embeddings` as in OpenAI's reference (`EmbeddingCreateParams`), as far as it has an effect. */
export const requestSchema = z.looseObject({
  model: optional(z.string()),
  // Of several forms and long: parse-input.ts reads it.
  input: z.unknown().register(wireForms, {
    show: () => ({
      anyOf: [text, { type: "array", items: text, minItems: 1, maxItems: mostTexts }, tokens, listOfTokens],
    }),
  }),
  dimensions: optional(z.int().min(1).max(longestVector)),
  encoding_format: optional(z.enum(["float", "base64"])),
});
