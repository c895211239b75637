import { z } from "zod";

import { commonFields } from "../openai-chat/request-schema.ts";
import { optional } from "../optional.ts";

/** The body of `POST /v1/completions`, as far as it has an effect. */
export const requestSchema = z.looseObject({
  ...commonFields,
  prompt: z.union([
    z.string(),
    z
      .array(z.string("expected a text: token numbers can't be read here"))
      .min(1, "expected at least one text"),
  ]),
  suffix: optional(z.string()),
  echo: optional(z.boolean()),
  logprobs: optional(z.union([z.number(), z.boolean()])),
  best_of: optional(z.int()),
});
