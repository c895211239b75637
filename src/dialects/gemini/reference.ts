import { z } from "zod";

import { upstreamHeaders } from "../../openapi/answer-headers.ts";
import {
  answerFailures,
  bodyFailures,
  type Example,
  type Parameter,
  type Reference,
} from "../../openapi/reference.ts";
import { wishes } from "../../openapi/request-headers.ts";
import { contentFields, countFields } from "./content-fields.ts";
import { batchEmbedBody, embedBody, embeddingOperations } from "./embedding-operations.ts";
import { encodeError } from "./encode-error.ts";
import { modelOperations } from "./model-operations.ts";
import {
  contentSchema,
  countTokensSchema,
  declarationSchema,
  partSchema,
  requestSchema,
  toolSchema,
} from "./request-schema.ts";
import {
  answerPart,
  countSchema,
  embeddingSchema,
  embeddingsSchema,
  errorSchema,
  modelListSchema,
  modelSchema,
  responseSchema,
  streamArray,
  streamChunk,
} from "./response-schema.ts";

const model: Parameter = {
  name: "model",
  in: "path",
  description:
    "of the path, with or without `models/` before it. Unknown: 404, but see [Model names](#model-names).",
  schema: z.string(),
  support: "honoured",
  example: "DeepSeek-V3.2",
};

/** The body as it is sent: its model stands in the path. */
const contentBody = requestSchema.omit({ model: true });

/** Likewise, where tokens are counted. */
const countBody = countTokensSchema.omit({ model: true });

const say = (text: string) => [{ role: "user", parts: [{ text }] }];
const hello = say("Say hello.");
const question = "How is the weather in Paris?";
const weather = {
  functionDeclarations: [
    {
      name: "get_weather",
      description: "The weather of a city, now.",
      parameters: { type: "OBJECT", properties: { city: { type: "STRING" } }, required: ["city"] },
    },
  ],
};
const mustCall = {
  contents: say(question),
  tools: [weather],
  toolConfig: { functionCallingConfig: { mode: "ANY" } },
};

const examples: readonly Example[] = [
  { summary: "A question", body: { contents: hello }, status: 200 },
  { summary: "A function that must be called", body: mustCall, status: 200 },
  {
    summary: "The result of a function",
    body: {
      contents: [
        ...say(question),
        { role: "model", parts: [{ functionCall: { name: "get_weather", args: { city: "Paris" } } }] },
        {
          role: "user",
          parts: [{ functionResponse: { name: "get_weather", response: { output: "Sunny, 21 °C." } } }],
        },
      ],
      tools: [weather],
    },
    status: 200,
  },
  {
    summary: "JSON by a schema",
    body: {
      contents: say("Name a city and its country."),
      generationConfig: {
        responseMimeType: "application/json",
        responseSchema: {
          type: "OBJECT",
          properties: { city: { type: "STRING" }, country: { type: "STRING" } },
          required: ["city", "country"],
        },
      },
    },
    status: 200,
  },
  {
    summary: "Two answers, instructions and limits",
    body: {
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: hello,
      generationConfig: { candidateCount: 2, maxOutputTokens: 5, temperature: 0.2 },
    },
    status: 200,
  },
  {
    summary: "In the spelling of Google's examples",
    body: { contents: hello[0], generation_config: { top_p: 1 } },
    status: 200,
  },
  { summary: "Without contents, which is wrong", body: { generationConfig: {} }, status: 400 },
  {
    summary: "A model that is not there",
    parameters: { model: "gpt-0" },
    body: { contents: hello },
    status: 404,
  },
];

const identity = { modelVersion: "DeepSeek-V3.2", responseId: "gen_8fT2xQbN4kLrVwZ1mYcP" };
const usageMetadata = { promptTokenCount: 6, candidatesTokenCount: 2, totalTokenCount: 8 };
const saying = (text: string) => ({ parts: [{ text }], role: "model" });
const headers = [...upstreamHeaders, "x-usage-estimated"];

/** Google's Gemini API in `/openapi.json`. */
export const reference: Reference = {
  title: "Gemini",
  description:
    "Google's Gemini API. Fields may be spelled as in the reference (`inlineData`) or as in Google's examples (`inline_data`), a single object or text may stand for a list of one, and a text for a number.",
  errorForms: [{ name: "GeminiError", schema: errorSchema, encode: encodeError }],
  schemas: {
    GeminiRequest: contentBody,
    GeminiContent: contentSchema,
    GeminiPart: partSchema,
    GeminiTool: toolSchema,
    GeminiFunctionDeclaration: declarationSchema,
    GeminiCountRequest: countBody,
    GeminiEmbedRequest: embedBody,
    GeminiBatchEmbedRequest: batchEmbedBody,
    GeminiResponse: responseSchema,
    GeminiResponsePart: answerPart,
    GeminiChunk: streamChunk,
    GeminiChunks: streamArray,
    GeminiTokenCount: countSchema,
    GeminiEmbedding: embeddingSchema,
    GeminiEmbeddings: embeddingsSchema,
    GeminiModel: modelSchema,
    GeminiModelList: modelListSchema,
    GeminiError: errorSchema,
  },
  operations: [
    {
      route: "POST /v1beta/models/{model}:generateContent",
      id: "generateContent",
      summary: "Answer a conversation",
      lock: "key",
      parameters: [model, ...wishes],
      body: { schema: contentBody, fields: contentFields },
      examples,
      answers: [
        {
          status: 200,
          description: "The answer.",
          headers,
          contents: {
            "application/json": {
              schemas: [responseSchema],
              example: {
                candidates: [{ content: saying("Hello!"), finishReason: "STOP", index: 0 }],
                usageMetadata,
                ...identity,
              },
            },
          },
        },
      ],
      failures: answerFailures,
    },
    {
      route: "POST /v1beta/models/{model}:streamGenerateContent",
      id: "streamGenerateContent",
      summary: "Answer a conversation, piece by piece",
      description:
        "With `alt=sse` as events, else as one JSON array, an item a chunk. A failure behind the first chunk is the last event or the last item; the array is always whole JSON.",
      lock: "key",
      parameters: [
        model,
        ...wishes,
        {
          name: "alt",
          in: "query",
          description: "`sse`: events; `json`, or nothing: one array. Others are refused.",
          schema: z.enum(["sse", "json"]),
          support: "honoured",
        },
      ],
      body: { schema: contentBody, fields: contentFields },
      examples: [
        { summary: "An array", body: { contents: hello }, status: 200 },
        {
          summary: "Events",
          parameters: { alt: "sse" },
          body: { contents: hello },
          status: 200,
          mediaType: "text/event-stream",
        },
        {
          summary: "A function in events",
          parameters: { alt: "sse" },
          body: mustCall,
          status: 200,
          mediaType: "text/event-stream",
        },
        {
          summary: "Two answers in an array",
          parameters: { alt: "json" },
          body: { contents: hello, generationConfig: { candidateCount: 2 } },
          status: 200,
        },
        {
          summary: "A form that there is not",
          parameters: { alt: "proto" },
          body: { contents: hello },
          status: 400,
        },
      ],
      answers: [
        {
          status: 200,
          description: "The answer's chunks.",
          headers,
          contents: {
            "text/event-stream": { schemas: [streamChunk, errorSchema] },
            "application/json": {
              schemas: [streamArray],
              example: [
                { candidates: [{ content: saying("Hello"), index: 0 }], ...identity },
                { candidates: [{ content: saying("!"), index: 0 }], ...identity },
                {
                  candidates: [{ content: saying(""), finishReason: "STOP", index: 0 }],
                  usageMetadata,
                  ...identity,
                },
              ],
            },
          },
        },
      ],
      failures: answerFailures,
    },
    {
      route: "POST /v1beta/models/{model}:countTokens",
      id: "countContentTokens",
      summary: "Count the tokens of a prompt",
      description: "Counted is what would be sent, tools and schema included.",
      lock: "key",
      parameters: [model, ...wishes],
      body: { schema: countBody, fields: countFields },
      examples: [
        { summary: "Contents", body: { contents: say("How many tokens is this?") }, status: 200 },
        {
          summary: "All of a request",
          body: { generateContentRequest: { contents: say(question), tools: [weather] } },
          status: 200,
        },
        { summary: "Nothing to count", body: {}, status: 400 },
      ],
      answers: [
        {
          status: 200,
          description: "The count, by the gateway.",
          headers: upstreamHeaders,
          contents: { "application/json": { schemas: [countSchema], example: { totalTokens: 6 } } },
        },
      ],
      failures: bodyFailures,
    },
    ...embeddingOperations,
    ...modelOperations,
  ],
};
