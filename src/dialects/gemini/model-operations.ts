import { z } from "zod";

import { modelFailures, type Operation } from "../../openapi/reference.ts";
import { requestId } from "../../openapi/request-headers.ts";
import { modelListSchema, modelSchema } from "./response-schema.ts";

const model = {
  name: "models/DeepSeek-V3.2",
  baseModelId: "DeepSeek-V3.2",
  version: "latest",
  displayName: "DeepSeek V3.2",
  inputTokenLimit: 64000,
  supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"],
  answers_now: true,
  tools: "native",
  upstreams: [{ name: "akashml", model: "deepseek-ai/DeepSeek-V3.2", answers_now: true, tools: "native" }],
};

/** The operations of Gemini's lists of models in `/openapi.json`. */
export const modelOperations: readonly Operation[] = [
  {
    route: "GET /v1beta/models",
    id: "listGeminiModels",
    summary: "The models that are offered now",
    lock: "key",
    parameters: [
      requestId,
      {
        name: "pageSize",
        in: "query",
        description: "Models of a page; without it, and with 0, there is one page.",
        schema: z.int().min(0),
        support: "honoured",
      },
      {
        name: "pageToken",
        in: "query",
        description: "The `nextPageToken` of the page before.",
        schema: z.string(),
        support: "honoured",
      },
    ],
    examples: [
      { summary: "All of them", status: 200 },
      { summary: "Two of them", parameters: { pageSize: 2 }, status: 200 },
      { summary: "A page that there is not", parameters: { pageToken: "models/gpt-0" }, status: 400 },
    ],
    answers: [
      {
        status: 200,
        description: "The models.",
        contents: {
          "application/json": { schemas: [modelListSchema], example: { models: [model] } },
        },
      },
    ],
    failures: modelFailures,
  },
  {
    route: "GET /v1beta/models/{model}",
    id: "getGeminiModel",
    summary: "One model",
    description: "It takes every name that requests may have. Ids may contain slashes, encoded or not.",
    lock: "key",
    parameters: [
      {
        name: "model",
        in: "path",
        description: "Its id, an alias, or the id that an upstream has for it.",
        schema: z.string(),
        example: "DeepSeek-V3.2",
      },
      requestId,
    ],
    examples: [
      { summary: "One that is offered", status: 200 },
      { summary: "One that is not there", parameters: { model: "gpt-0" }, status: 404 },
    ],
    answers: [
      {
        status: 200,
        description: "The model.",
        contents: { "application/json": { schemas: [modelSchema], example: model } },
      },
    ],
    failures: modelFailures,
  },
];
