import { z } from "zod";

import { optional } from "../optional.ts";

/** No model speaks for as long; servers say themselves what is too long for them (4,096 characters at OpenAI). */
const longestInput = 1_000_000;

/** Body of `POST /v1/audio/speech` as in OpenAI's reference (`SpeechCreateParams`). */
export const requestSchema = z.looseObject({
  model: optional(z.string()),
  input: z
    .string()
    .min(1, "expected a text to be spoken")
    .max(longestInput, `expected at most ${longestInput} characters`),
  voice: optional(z.union([z.string(), z.looseObject({ id: z.string() })])),
  instructions: optional(z.string()),
  response_format: optional(z.string()),
  speed: optional(z.number()),
  stream_format: optional(z.enum(["sse", "audio"])),
});
