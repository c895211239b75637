import { z } from "zod";

import { nanoseconds, ollamaEstimated } from "../ollama-answer-schema.ts";

/** The answers of `POST /api/embed` and its predecessor, as the reference tells of them. Source: `EmbedResponse` of Ollama. */

const vector = z.array(z.number());

/** The answer of `POST /api/embed`. */
export const responseSchema = z.object({
  model: z.string().describe("As the request has it; `x-upstream` says who answered."),
  embeddings: z.array(vector).describe("In the order of the texts; none of no text."),
  total_duration: nanoseconds,
  load_duration: z.literal(0),
  prompt_eval_count: z.int().describe("Tokens of the texts."),
  usage_estimated: ollamaEstimated,
});

/** The answer of `POST /api/embeddings`. */
export const promptResponse = z.object({ embedding: vector.describe("Empty without a prompt.") });
