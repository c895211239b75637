import { z } from "zod";

import { ollamaFields } from "../ollama-fields.ts";
import { optional } from "../optional.ts";

/** The body of `POST /api/generate`, as far as it has an effect. */
export const requestSchema = z.looseObject({
  ...ollamaFields,
  prompt: optional(z.string()),
  suffix: optional(z.string()),
  system: optional(z.string()),
  images: optional(z.array(z.string())),
  raw: optional(z.boolean()),
  template: optional(z.string()),
  context: optional(z.array(z.number())),
});

/** A parsed body. */
export type RequestBody = z.output<typeof requestSchema>;
