import { z } from "zod";

import { anthropicErrorForm } from "../../dialects/anthropic-messages/error-form.ts";
import { modelListSchema, modelSchema } from "../../dialects/anthropic-messages/response-schema.ts";
import { openAiErrorForm } from "../../dialects/openai-error-form.ts";
import { openAiModel, openAiModels } from "../../dialects/openai-model-schema.ts";
import { catalogueEntry } from "../../dialects/openai-responses/catalogue-schema.ts";
import { modelFailures, openFailures, type Reference } from "../../openapi/reference.ts";
import { anthropicVersion, requestId } from "../../openapi/request-headers.ts";

const healthSchema = z.object({ status: z.enum(["ok", "stopping"]), message: z.string() });

/** What Ollama says at its root. */
const greeting = z.literal("Ollama is running");

const welcomeSchema = z.object({
  name: z.literal("akashchat-api"),
  message: z.string(),
  openai_base_url: z.string(),
  anthropic_base_url: z.string(),
  ollama_base_url: z.string(),
  ollama: greeting.describe("For clients of Ollama that look for these words."),
  gemini_base_url: z.string(),
  openapi_url: z.string(),
  documentation_url: z.string(),
  endpoints: z.array(z.string()),
});

/** With `client_version`, as Codex asks. */
const catalogue = {
  models: z.array(catalogueEntry).optional().describe("With `client_version`: Codex' catalogue."),
};
const openAiList = openAiModels.extend(catalogue);
const anthropicList = modelListSchema.extend(catalogue);

const model = {
  id: "DeepSeek-V3.2",
  object: "model",
  created: 1626777600,
  owned_by: "akash-chat",
  permission: null,
  root: "DeepSeek-V3.2",
  parent: null,
  type: "chat",
  context_length: 64000,
  max_model_len: 64000,
  answers_now: true,
  tools: "emulated",
  upstreams: [{ name: "akash-chat", model: "DeepSeek-V3.2", answers_now: true, tools: "emulated" }],
};

/** The models, the root and health in `/openapi.json`. */
export const references: readonly Reference[] = [
  {
    title: "Models",
    description: "What is offered now, in OpenAI's form or Anthropic's.",
    errorForms: [openAiErrorForm, anthropicErrorForm],
    schemas: {
      Model: openAiModel,
      ModelList: openAiList,
      AnthropicModel: modelSchema,
      AnthropicModelList: anthropicList,
      CodexModel: catalogueEntry,
    },
    operations: [
      {
        route: "GET /v1/models",
        id: "listModels",
        summary: "The models that are offered now",
        description:
          "Anthropic's form has pages. Claude Code, by its `User-Agent`, gets the chat models by ids that it takes.",
        lock: "key",
        parameters: [
          anthropicVersion,
          requestId,
          {
            name: "limit",
            in: "query",
            description: "Of Anthropic's form: models of a page; without it there is one.",
            schema: z.int().min(1).max(1000),
          },
          {
            name: "after_id",
            in: "query",
            description: "Of Anthropic's form: the model behind which the page begins.",
            schema: z.string(),
          },
          {
            name: "before_id",
            in: "query",
            description: "Of Anthropic's form: the model before which it ends.",
            schema: z.string(),
          },
          {
            name: "client_version",
            in: "query",
            description: "As Codex asks: `models` is its catalogue.",
            schema: z.string(),
          },
        ],
        examples: [
          { summary: "In OpenAI's form", status: 200 },
          {
            summary: "In Anthropic's form, two of them",
            parameters: { "anthropic-version": "2023-06-01", limit: 2 },
            status: 200,
          },
          { summary: "As Codex asks", parameters: { client_version: "0.171.0" }, status: 200 },
          {
            summary: "A page that is too large",
            parameters: { "anthropic-version": "2023-06-01", limit: 5000 },
            status: 400,
          },
        ],
        answers: [
          {
            status: 200,
            description: "The models.",
            contents: {
              "application/json": {
                schemas: [openAiList, anthropicList],
                example: { object: "list", data: [model] },
              },
            },
          },
        ],
        failures: modelFailures,
      },
      {
        route: "GET /v1/models/{model}",
        id: "getModel",
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
          anthropicVersion,
          requestId,
        ],
        examples: [
          { summary: "In OpenAI's form", status: 200 },
          {
            summary: "In Anthropic's form",
            parameters: { "anthropic-version": "2023-06-01" },
            status: 200,
          },
          { summary: "One that is not there", parameters: { model: "gpt-0" }, status: 404 },
        ],
        answers: [
          {
            status: 200,
            description: "The model.",
            contents: { "application/json": { schemas: [openAiModel, modelSchema], example: model } },
          },
        ],
        failures: modelFailures,
      },
    ],
  },
  {
    title: "Gateway",
    description: "What needs no key.",
    errorForms: [openAiErrorForm, anthropicErrorForm],
    schemas: { Health: healthSchema, Welcome: welcomeSchema },
    operations: [
      {
        route: "GET /health",
        id: "getHealth",
        summary: "Whether the gateway runs",
        description: "It touches no upstream.",
        lock: "none",
        parameters: [requestId],
        examples: [{ summary: "Now", status: 200 }],
        answers: [
          {
            status: 200,
            description: "It does.",
            contents: {
              "application/json": {
                schemas: [healthSchema],
                example: { status: "ok", message: "akashchat-api is running" },
              },
            },
          },
          {
            status: 503,
            description: "It is about to stop (`SHUTDOWN_DELAY_MS`).",
            contents: {
              "application/json": {
                schemas: [healthSchema],
                example: { status: "stopping", message: "akashchat-api is about to stop" },
              },
            },
          },
        ],
        failures: { name: "Health", kinds: ["invalid-request", "internal"] },
      },
      {
        route: "GET /",
        id: "getRoot",
        summary: "What this is, and where the APIs are",
        description:
          "JSON for programs; a browser is sent to the console, or shown a page where none was built. Ollama's own clients, and who wants `text/plain` first, get what Ollama says.",
        lock: "none",
        parameters: [
          {
            name: "user-agent",
            in: "header",
            description: "Of Ollama's own client and its SDKs: the answer is `Ollama is running`.",
            schema: z.string(),
          },
          requestId,
        ],
        examples: [
          { summary: "As a program", status: 200 },
          {
            summary: "As a client of Ollama",
            parameters: { "user-agent": "ollama-js/0.6.4" },
            status: 200,
            mediaType: "text/plain",
          },
        ],
        answers: [
          {
            status: 200,
            description: "The routes.",
            headers: ["vary"],
            contents: {
              "application/json": { schemas: [welcomeSchema] },
              "text/html": {},
              "text/plain": { schemas: [greeting] },
            },
          },
          { status: 302, description: "A browser is sent to the console.", headers: ["vary", "location"] },
        ],
        failures: openFailures,
      },
      {
        route: "GET /favicon.ico",
        id: "getIcon",
        summary: "No icon",
        description: "So that browsers stop asking.",
        lock: "none",
        examples: [{ summary: "Always", status: 204 }],
        answers: [{ status: 204, description: "Nothing." }],
        failures: openFailures,
      },
    ],
  },
];
