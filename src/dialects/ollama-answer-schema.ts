import { z } from "zod";

/** What the answers of `/api/chat` and `/api/generate` have in common, as the reference tells of them. Source: `api/types.go` of Ollama. */

/** What each answer and each line begins with. */
export const ollamaHead = {
  model: z.string().describe("As the request has it; `x-upstream` says who answered."),
  created_at: z.iso.datetime(),
};

/** What the model thought. */
export const ollamaThinking = z.string().optional().describe("What the model thought.");

/** A duration. */
export const nanoseconds = z.int().describe("Nanoseconds.");

/** What says that a count is the gateway's; not Ollama's. */
export const ollamaEstimated = z
  .literal(true)
  .optional()
  .describe("The token counts are the gateway's own, not the upstream's.");

/** What `encodeOllamaEnd` makes. */
export const ollamaEnd = {
  done: z.literal(true),
  done_reason: z
    .enum(["stop", "length", "content_filter"])
    .describe("`stop` also after calls; `content_filter` is none of Ollama's."),
  total_duration: nanoseconds,
  load_duration: z.literal(0),
  prompt_eval_count: z.int().optional().describe("Tokens of the prompt; missing where nobody knows."),
  prompt_eval_duration: nanoseconds.describe("Nanoseconds until the first piece."),
  eval_count: z.int().optional().describe("Tokens of the answer; likewise."),
  eval_duration: nanoseconds.describe("Nanoseconds from then on."),
  usage_estimated: ollamaEstimated,
};

/** How a request ends that only wants the model loaded or unloaded. */
export const ollamaLoaded = { done: z.literal(true), done_reason: z.enum(["load", "unload"]) };
