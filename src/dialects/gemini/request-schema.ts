import { z } from "zod";

import { wireForms } from "../../openapi/wire-form.ts";
import { callId } from "../call-order.ts";
import { optional } from "../optional.ts";
import { areStopsShort, stopsTooLong } from "../stop-texts.ts";

/*
 * The body of `generateContent`, as far as it has an effect. Fields that are not known are accepted everywhere.
 * Source: https://ai.google.dev/api/generate-content and the types of `@google/genai` 2.32.
 */

/** A repeated field: a single object stands for a list of one, in Google's parser and in its own examples. */
function listOf<T extends z.ZodType>(item: T) {
  const list = z.preprocess(
    (value) => (typeof value === "object" && value !== null && !Array.isArray(value) ? [value] : value),
    z.array(item),
  );
  wireForms.add(list, { show: (told) => ({ anyOf: [told, told["items"]] }) });
  return list;
}

/** A repeated field of texts, likewise. */
function textsOf<T extends z.ZodType>(texts: T) {
  const list = z.preprocess((value) => (typeof value === "string" ? [value] : value), texts);
  wireForms.add(list, { show: (told) => ({ anyOf: [told, { type: "string" }] }) });
  return list;
}

const numberText = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** A number, or a text of one, as Google's parser takes it. Source: https://protobuf.dev/programming-guides/json/ */
function numeric<T extends z.ZodType>(number: T) {
  const either = z.preprocess(
    (value) => (typeof value === "string" && numberText.test(value) ? Number(value) : value),
    number,
  );
  wireForms.add(either, {
    show: (told) => ({ anyOf: [told, { type: "string", pattern: numberText.source }] }),
  });
  return either;
}

/** A word of an enum, in any case. */
function word<const T extends readonly [string, ...string[]]>(words: T) {
  return z.preprocess((value) => (typeof value === "string" ? value.toUpperCase() : value), z.enum(words));
}

/** A group of settings: none at all are no settings. */
function settings<T extends z.ZodType>(group: T) {
  return group.nullish().transform((value) => value ?? group.parse({}));
}

const object = z.record(z.string(), z.unknown());

const inlineData = z.looseObject({
  mimeType: z.string(),
  data: z.string(),
  displayName: optional(z.string()),
});

const fileData = z.looseObject({
  mimeType: optional(z.string()),
  fileUri: z.string(),
  displayName: optional(z.string()),
});

/** A part of a content. */
export const partSchema = z.looseObject({
  text: optional(z.string()),
  thought: optional(z.boolean()),
  inlineData: optional(inlineData),
  fileData: optional(fileData),
  functionCall: optional(
    z.looseObject({ id: callId, name: z.string().min(1, "expected a name"), args: optional(object) }),
  ),
  functionResponse: optional(
    z.looseObject({
      id: callId,
      name: optional(z.string()),
      response: optional(object),
      parts: optional(
        listOf(z.looseObject({ inlineData: optional(inlineData), fileData: optional(fileData) })),
      ),
    }),
  ),
  executableCode: optional(z.looseObject({ language: optional(z.string()), code: optional(z.string()) })),
  codeExecutionResult: optional(
    z.looseObject({ outcome: optional(z.string()), output: optional(z.string()) }),
  ),
});

const roles: Readonly<Record<string, "user" | "model">> = {
  user: "user",
  model: "model",
  // The name of a role of results, before they were the user's; and what other APIs call the model.
  function: "user",
  tool: "user",
  assistant: "model",
};

const role = optional(z.string()).transform((given = "user", context) => {
  const known = Object.hasOwn(roles, given.toLowerCase()) ? roles[given.toLowerCase()] : undefined;
  if (known !== undefined) return known;
  context.addIssue({
    code: "custom",
    message: "expected 'user' or 'model'. Instructions belong in 'systemInstruction'",
  });
  return z.NEVER;
});

/** A turn of the conversation, as it is sent. */
export const contentSchema = z.looseObject({ role, parts: optional(listOf(partSchema)) });

/** Of instructions the role says nothing. */
const instructionSchema = z
  .preprocess(
    (value) => (typeof value === "string" ? { parts: [{ text: value }] } : value),
    z.looseObject({ parts: optional(listOf(partSchema)) }),
  )
  .register(wireForms, { show: (told) => ({ anyOf: [{ type: "string" }, told] }) });

/** A function that the model may call. */
export const declarationSchema = z.looseObject({
  name: z.string().min(1, "expected a name"),
  description: optional(z.string()),
  parameters: optional(object),
  parametersJsonSchema: optional(object),
});

/** The fields of a tool beside `functionDeclarations` are tools of Google's own, each by its name. */
export const toolSchema = z.looseObject({ functionDeclarations: optional(listOf(declarationSchema)) });

const toolConfigSchema = z.looseObject({
  functionCallingConfig: settings(
    z.looseObject({
      mode: optional(word(["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"])),
      allowedFunctionNames: optional(textsOf(z.array(z.string()))),
    }),
  ),
});

/** `-1` and `0`: no limit, as in the other APIs. */
const limit = optional(
  numeric(
    z
      .int()
      .min(-1)
      .transform((count) => (count > 0 ? count : undefined)),
  ),
);

const responseFormatSchema = z.looseObject({
  text: optional(z.looseObject({ mimeType: optional(z.string()), schema: optional(object) })),
});

const generationConfigSchema = z.looseObject({
  temperature: optional(numeric(z.number().min(0).max(2))),
  topP: optional(numeric(z.number().min(0).max(1))),
  // A number in the reference, such as 64.0; 0: the model's own.
  topK: optional(
    numeric(
      z
        .number()
        .min(-1)
        .transform((count) => (count >= 1 ? Math.round(count) : undefined)),
    ),
  ),
  maxOutputTokens: limit,
  stopSequences: optional(
    textsOf(
      z
        .array(z.string())
        .max(1000)
        .transform((texts) => texts.filter((text) => text !== ""))
        .refine(areStopsShort, stopsTooLong),
    ),
  ),
  candidateCount: optional(numeric(z.int().min(1).max(8))),
  seed: optional(numeric(z.int())),
  presencePenalty: optional(numeric(z.number().min(-2).max(2))),
  frequencyPenalty: optional(numeric(z.number().min(-2).max(2))),
  responseMimeType: optional(z.string()),
  responseSchema: optional(object),
  responseJsonSchema: optional(object),
  responseFormat: optional(listOf(responseFormatSchema)),
  responseModalities: optional(textsOf(z.array(z.string()))),
  responseLogprobs: optional(z.boolean()),
  logprobs: optional(numeric(z.number())),
  thinkingConfig: settings(
    z.looseObject({
      includeThoughts: optional(z.boolean()),
      thinkingBudget: optional(numeric(z.int().min(-1))),
      thinkingLevel: optional(z.string()),
    }),
  ),
});

/** The body of `generateContent` and `streamGenerateContent`; `model` is of the path. */
export const requestSchema = z.looseObject({
  model: z.string().min(1, "expected the name of a model"),
  contents: listOf(contentSchema),
  systemInstruction: optional(instructionSchema),
  tools: optional(listOf(toolSchema)),
  toolConfig: settings(toolConfigSchema),
  generationConfig: settings(generationConfigSchema),
  cachedContent: optional(z.string()),
});

/** The body of `countTokens`: contents, or a whole request whose settings count, too. */
export const countTokensSchema = z.looseObject({
  model: z.string(),
  contents: optional(listOf(contentSchema)),
  generateContentRequest: optional(z.looseObject({})),
});

const embedFields = {
  content: contentSchema,
  outputDimensionality: optional(numeric(z.int().min(1).max(65_536))),
};

/** The body of `embedContent`. */
export const embedSchema = z.looseObject({ model: z.string(), ...embedFields });

/** The body of `batchEmbedContents`: each request may name the model of the path once more. */
export const batchEmbedSchema = z.looseObject({
  model: z.string(),
  requests: z
    .array(z.looseObject({ model: optional(z.string()), ...embedFields }))
    .min(1, "expected at least one request")
    .max(2048, "expected at most 2048 requests"),
});

/** The body of a request for an answer, in the spelling of the reference. */
export type RequestBody = z.output<typeof requestSchema>;
/** The settings of an answer. */
export type WireGenerationConfig = z.output<typeof generationConfigSchema>;
/** A turn of the conversation. */
export type WireContent = z.output<typeof contentSchema>;
/** One part of it. */
export type WirePart = z.output<typeof partSchema>;
/** What a function answered. */
export type WireFunctionResponse = NonNullable<WirePart["functionResponse"]>;
/** Bytes that came along. */
export type WireInlineData = z.output<typeof inlineData>;
/** Bytes that are elsewhere. */
export type WireFileData = z.output<typeof fileData>;
/** Functions, or a tool of Google's. */
export type WireTool = z.output<typeof toolSchema>;
/** A function that may be called. */
export type WireDeclaration = z.output<typeof declarationSchema>;
