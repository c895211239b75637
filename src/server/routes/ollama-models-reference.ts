import { z } from "zod";

import { ollamaErrorForm } from "../../dialects/ollama-error-form.ts";
import { ollamaModel, ollamaTags } from "../../dialects/ollama-model-schema.ts";
import { upstreamHeaders } from "../../openapi/answer-headers.ts";
import {
  modelFailures,
  openFailures,
  type FailureSet,
  type Operation,
  type ParameterRow,
  type Reference,
} from "../../openapi/reference.ts";
import { requestId } from "../../openapi/request-headers.ts";
import { pullSchema, showSchema } from "./ollama-models-schema.ts";

const version = z.object({ version: z.string().describe("Of Ollama's API as it is spoken here.") });
const loaded = z.object({ models: z.array(z.unknown()).max(0) });
const pulled = z.object({ status: z.literal("success") });

const model: ParameterRow = [
  ["model", "name"],
  "honoured",
  "One of both: `name` is what it was called before.",
];

/** Of a request that names a model. */
const namedFailures: FailureSet = {
  name: "NamedModel",
  kinds: [...modelFailures.kinds, "payload-too-large"],
};

/** Of a request that is refused whatever it holds. */
const refusals: FailureSet = {
  name: "Change",
  kinds: ["invalid-request", "unauthenticated", "forbidden", "rate-limited", "internal", "overloaded"],
};

const digest = {
  name: "digest",
  in: "path",
  description: "Of a file.",
  schema: z.string(),
  example: "sha256:0a",
} as const;

/** A route that would change the models. */
function refuse(
  route: string,
  id: string,
  summary: string,
  parameters: NonNullable<Operation["parameters"]> = [],
): Operation {
  return {
    route,
    id,
    summary: `${summary} (refused)`,
    description: "Refused, whatever is sent: the models are those of the gateway's upstreams.",
    lock: "key",
    parameters: [...parameters, requestId],
    examples: [{ summary: "Any", status: 403 }],
    answers: [],
    failures: refusals,
  };
}

const details = {
  parent_model: "",
  format: "",
  family: "gateway",
  families: ["gateway"],
  parameter_size: "",
  quantization_level: "",
};

/** Ollama's routes about models in `/openapi.json`. */
export const reference: Reference = {
  title: "Ollama Models",
  description:
    "The models, as Ollama tells of them. They are the upstreams', so that nobody can change them here.",
  errorForms: [ollamaErrorForm],
  schemas: {
    OllamaTags: ollamaTags,
    OllamaShowRequest: showSchema,
    OllamaModel: ollamaModel,
    OllamaPullRequest: pullSchema,
    OllamaPull: pulled,
  },
  operations: [
    {
      route: "GET /api/version",
      id: "getOllamaVersion",
      summary: "The version of Ollama's API",
      description:
        "It is not the gateway's own. Clients look whether it is new enough, before they know a key.",
      lock: "none",
      parameters: [requestId],
      examples: [{ summary: "Now", status: 200 }],
      answers: [
        {
          status: 200,
          description: "The version.",
          contents: { "application/json": { schemas: [version], example: { version: "0.32.0" } } },
        },
      ],
      failures: openFailures,
    },
    {
      route: "GET /api/tags",
      id: "listOllamaModels",
      summary: "The models that are offered now, as Ollama",
      description: "Those that the key may use.",
      lock: "key",
      parameters: [requestId],
      examples: [{ summary: "All of them", status: 200 }],
      answers: [
        {
          status: 200,
          description: "The models.",
          contents: {
            "application/json": {
              schemas: [ollamaTags],
              example: {
                models: [
                  {
                    name: "DeepSeek-V3.2:latest",
                    model: "DeepSeek-V3.2:latest",
                    modified_at: "2021-07-20T12:00:00.000Z",
                    size: 0,
                    digest: "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab",
                    details,
                    capabilities: ["completion", "tools", "thinking"],
                  },
                ],
              },
            },
          },
        },
      ],
      failures: modelFailures,
    },
    {
      route: "POST /api/show",
      id: "showOllamaModel",
      summary: "One model, as Ollama",
      description: "It takes every name that requests may have.",
      lock: "key",
      parameters: [requestId],
      body: {
        schema: showSchema,
        fields: [model, ["verbose", "honoured", "There is nothing more to be told."]],
      },
      examples: [
        { summary: "A model", body: { model: "DeepSeek-V3.2:latest" }, status: 200 },
        { summary: "By the name that the field had before", body: { name: "DeepSeek-V3.2" }, status: 200 },
        { summary: "Without a name", body: {}, status: 400 },
        { summary: "One that is not there", body: { model: "gpt-0" }, status: 404 },
      ],
      answers: [
        {
          status: 200,
          description: "The model.",
          headers: upstreamHeaders,
          contents: {
            "application/json": {
              schemas: [ollamaModel],
              example: {
                license: "",
                modelfile: "",
                parameters: "temperature 0.7",
                template: "",
                system: "",
                details,
                model_info: {
                  "general.architecture": "gateway",
                  "general.basename": "DeepSeek V3.2",
                  "gateway.context_length": 64000,
                },
                capabilities: ["completion", "tools", "thinking"],
                modified_at: "2021-07-20T12:00:00.000Z",
              },
            },
          },
        },
      ],
      failures: namedFailures,
    },
    {
      route: "GET /api/ps",
      id: "listLoadedOllamaModels",
      summary: "No models",
      description: "Which are in their servers' memory is not known.",
      lock: "key",
      parameters: [requestId],
      examples: [{ summary: "Now", status: 200 }],
      answers: [
        {
          status: 200,
          description: "An empty list.",
          contents: { "application/json": { schemas: [loaded], example: { models: [] } } },
        },
      ],
      failures: {
        ...openFailures,
        name: "Loaded",
        kinds: [...openFailures.kinds, "unauthenticated", "rate-limited"],
      },
    },
    {
      route: "POST /api/pull",
      id: "pullOllamaModel",
      summary: "Look whether a model is there",
      description: "Nothing is loaded: a model is there, or it is not.",
      lock: "key",
      parameters: [requestId],
      body: {
        schema: pullSchema,
        fields: [model, ["stream", "honoured", "On unless it is `false`."], ["insecure", "ignored"]],
      },
      examples: [
        {
          summary: "A model that is there",
          body: { model: "DeepSeek-V3.2" },
          status: 200,
          mediaType: "application/x-ndjson",
        },
        { summary: "The same, answered whole", body: { model: "DeepSeek-V3.2", stream: false }, status: 200 },
        { summary: "Without a name", body: {}, status: 400 },
        { summary: "One that is not there", body: { model: "gpt-0" }, status: 404 },
      ],
      answers: [
        {
          status: 200,
          description: "It is there. One line, or with `stream: false` one object.",
          headers: upstreamHeaders,
          contents: {
            "application/x-ndjson": { last: [pulled] },
            "application/json": { schemas: [pulled], example: { status: "success" } },
          },
        },
      ],
      failures: namedFailures,
    },
    refuse("POST /api/create", "createOllamaModel", "Make a model"),
    refuse("POST /api/copy", "copyOllamaModel", "Copy a model"),
    refuse("DELETE /api/delete", "deleteOllamaModel", "Delete a model"),
    refuse("POST /api/push", "pushOllamaModel", "Push a model"),
    refuse("POST /api/blobs/{digest}", "createOllamaBlob", "Send a file of a model", [digest]),
    {
      route: "HEAD /api/blobs/{digest}",
      id: "findOllamaBlob",
      summary: "Look whether a file of a model is there, which none is",
      lock: "key",
      parameters: [digest, requestId],
      examples: [{ summary: "Any", status: 404 }],
      answers: [{ status: 404, description: "It is not." }],
      failures: { ...refusals, name: "Blob" },
    },
  ],
};
