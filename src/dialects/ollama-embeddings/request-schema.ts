import { z } from "zod";

import { wireForms } from "../../openapi/wire-form.ts";
import { ollamaFields } from "../ollama-fields.ts";
import { mostTexts } from "../openai-embeddings/parse-input.ts";
import { requestSchema as openAiSchema } from "../openai-embeddings/request-schema.ts";
import { optional } from "../optional.ts";

const { model, keep_alive } = ollamaFields;
const { dimensions } = openAiSchema.shape;
const options = optional(z.looseObject({}));

/** Body of `POST /api/embed`, as far as it has an effect. */
export const requestSchema = z.looseObject({
  model,
  // Of several forms; parse-input.ts of OpenAI's reads it.
  input: optional(z.unknown()).register(wireForms, {
    show: () => ({
      anyOf: [
        { type: "string" },
        { type: "array", items: { type: "string", minLength: 1 }, maxItems: mostTexts },
        { type: "null" },
      ],
    }),
  }),
  dimensions,
  truncate: optional(z.boolean()),
  keep_alive,
  options,
});

/** Body of `POST /api/embeddings`, its predecessor, likewise. */
export const promptSchema = z.looseObject({ model, prompt: optional(z.string()), keep_alive, options });
