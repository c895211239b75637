import { z } from "zod";

import { shownFacts } from "../shown-model-schema.ts";

/**
 * The answers of Gemini's routes, as the reference tells of them. Source: https://ai.google.dev/api/generate-content, …/embeddings, …/models and
 * the types of `@google/genai` 2.32; what is the gateway's own says so.
 */

/** A part of an answer, as `encodePart` makes it. */
export const answerPart = z.union([
  z.object({
    text: z.string(),
    thought: z
      .literal(true)
      .optional()
      .describe("The text is what the model thought; where `includeThoughts` asks for it."),
  }),
  z.object({
    functionCall: z.object({
      id: z.string(),
      name: z.string(),
      args: z.record(z.string(), z.unknown()).describe("By the schema of the function."),
    }),
  }),
]);

/** `usageMetadata`, as `encodeUsage` makes it. */
export const usage = z.object({
  promptTokenCount: z.int().optional(),
  candidatesTokenCount: z.int().optional().describe("Without the thoughts."),
  thoughtsTokenCount: z.int().optional().describe("Always the gateway's own count."),
  totalTokenCount: z.int().optional(),
});

const finishReason = z.enum(["STOP", "MAX_TOKENS", "SAFETY"]).describe("`STOP` with calls, too.");
const content = z.object({ parts: z.array(answerPart).min(1), role: z.literal("model") });
const identity = {
  modelVersion: z.string().describe("Who answered, by the id of the list of models."),
  responseId: z.string(),
};

/** The answer of `generateContent`. */
export const responseSchema = z.object({
  candidates: z.array(z.object({ content, finishReason, index: z.int() })),
  usageMetadata: usage,
  ...identity,
});

/** A chunk of `streamGenerateContent`: the JSON of an event's `data`, or an item of the array. */
export const streamChunk = z.object({
  candidates: z.array(
    z.object({
      content,
      finishReason: finishReason.optional().describe("With the last chunk of each candidate."),
      index: z.int(),
    }),
  ),
  usageMetadata: usage.optional().describe("With the last chunk of all."),
  ...identity,
});

const errorDetail = z.union([
  z.object({
    "@type": z.literal("type.googleapis.com/google.rpc.RetryInfo"),
    retryDelay: z.string().describe("When the same request may be sent again: `30s`."),
  }),
  z.object({
    "@type": z.literal("type.googleapis.com/google.rpc.BadRequest"),
    fieldViolations: z
      .array(z.object({ field: z.string(), description: z.string() }))
      .describe("The field of the request that is wrong."),
  }),
]);

/** The body of a failed request, and the last chunk of a stream that failed. */
export const errorSchema = z.object({
  error: z.object({
    code: z.int().describe("The HTTP status."),
    message: z.string(),
    status: z.string().describe("A name of `google.rpc.Code`, such as `INVALID_ARGUMENT`."),
    details: z.array(errorDetail).optional(),
  }),
});

/** The answer of `streamGenerateContent` as one array; a failure is its last item. */
export const streamArray = z.array(z.union([streamChunk, errorSchema]));

/** The answer of `countTokens`. */
export const countSchema = z.object({ totalTokens: z.int() });

const vector = z.object({ values: z.array(z.number()) });
const countedPrompt = usage.optional().describe("`promptTokenCount` alone; missing where it is not known.");

/** The answer of `embedContent`. */
export const embeddingSchema = z.object({ embedding: vector, usageMetadata: countedPrompt });

/** The answer of `batchEmbedContents`. */
export const embeddingsSchema = z.object({
  embeddings: z.array(vector).describe("One for each request, in their order."),
  usageMetadata: countedPrompt,
});

/** A model of the list. */
export const modelSchema = z.object({
  name: z.string().describe("`models/` and the id."),
  baseModelId: z.string().describe("Of an alias: the model behind it."),
  version: z.literal("latest"),
  displayName: z.string(),
  description: z.string().optional(),
  inputTokenLimit: z.int().optional().describe("Tokens of prompt and answer together."),
  outputTokenLimit: z.int().optional().describe("Tokens of one answer."),
  supportedGenerationMethods: z.array(z.string()),
  temperature: z.number().optional(),
  topP: z.number().optional(),
  thinking: z.literal(true).optional().describe("An upstream lets itself be told how much to think."),
  ...shownFacts,
});

/** The answer of `GET /v1beta/models`. */
export const modelListSchema = z.object({
  models: z.array(modelSchema),
  nextPageToken: z.string().optional().describe("What `pageToken` of the next page is; where there is one."),
});
