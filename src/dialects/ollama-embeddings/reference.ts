import { upstreamHeaders } from "../../openapi/answer-headers.ts";
import { answerFailures, type ParameterRow, type Reference } from "../../openapi/reference.ts";
import { requestId, trace } from "../../openapi/request-headers.ts";
import { ollamaErrorForm } from "../ollama-error-form.ts";
import { responseSchema as openAiResponse } from "../openai-embeddings/response-schema.ts";
import { promptSchema, requestSchema } from "./request-schema.ts";
import { promptResponse, responseSchema } from "./response-schema.ts";

const fields: readonly ParameterRow[] = [
  ["model", "honoured"],
  ["input", "honoured", "a text, or a list of texts"],
  ["dimensions", "honoured"],
  ["truncate", "ignored", "A text that is too long is an error."],
  [["keep_alive", "options"], "ignored"],
];

const promptFields: readonly ParameterRow[] = [
  [["model", "prompt"], "honoured"],
  [["keep_alive", "options"], "ignored"],
];

const headers = [...upstreamHeaders, "x-usage-estimated"];

/** `POST /api/embed` and `POST /api/embeddings` in `/openapi.json`. */
export const reference: Reference = {
  title: "Ollama Embeddings",
  description: "Ollama's vectors, of upstreams that have models for them.",
  errorForms: [ollamaErrorForm],
  schemas: {
    OllamaEmbedRequest: requestSchema,
    OllamaEmbed: responseSchema,
    OllamaEmbeddingsRequest: promptSchema,
    OllamaEmbeddings: promptResponse,
  },
  operations: [
    {
      route: "POST /api/embed",
      id: "createOllamaEmbed",
      summary: "Make vectors of texts, as Ollama",
      description: "Without a text it asks no model, and is answered at once: that is how clients load one.",
      lock: "key",
      parameters: [requestId, trace],
      body: { schema: requestSchema, fields },
      examples: [
        { summary: "A text", body: { model: "bge-m3", input: "A red boat" }, status: 200 },
        { summary: "Texts", body: { model: "bge-m3", input: ["A red boat", "A blue lake"] }, status: 200 },
        { summary: "To load a model", body: { model: "bge-m3" }, status: 200 },
        {
          summary: "A list that has an empty text",
          body: { model: "bge-m3", input: ["A red boat", ""] },
          status: 400,
        },
        { summary: "A model that is not there", body: { model: "gpt-0", input: "A red boat" }, status: 404 },
      ],
      answers: [
        {
          status: 200,
          description: "The vectors, in the order of the texts.",
          headers,
          contents: {
            "application/json": {
              schemas: [responseSchema],
              example: {
                model: "bge-m3:latest",
                embeddings: [[0.0123, -0.0456, 0.0789]],
                total_duration: 41000000,
                load_duration: 0,
                prompt_eval_count: 3,
              },
            },
          },
        },
      ],
      failures: answerFailures,
    },
    {
      route: "POST /api/embeddings",
      id: "createOllamaEmbeddings",
      summary: "Make a vector of a text, as Ollama had it before",
      description:
        "A body with `input` and without `prompt` is taken for one of OpenAI's Embeddings, by a client whose base URL ends with `/api`.",
      lock: "key",
      parameters: [requestId, trace],
      body: { schema: promptSchema, fields: promptFields },
      examples: [
        { summary: "A text", body: { model: "bge-m3", prompt: "A red boat" }, status: 200 },
        { summary: "To load a model", body: { model: "bge-m3" }, status: 200 },
        { summary: "A body of OpenAI's", body: { model: "bge-m3", input: "A red boat" }, status: 200 },
        { summary: "A model that is not there", body: { model: "gpt-0", prompt: "A red boat" }, status: 404 },
      ],
      answers: [
        {
          status: 200,
          description: "The vector.",
          headers,
          contents: {
            "application/json": {
              schemas: [promptResponse, openAiResponse],
              example: { embedding: [0.0123, -0.0456, 0.0789] },
            },
          },
        },
      ],
      failures: answerFailures,
    },
  ],
};
