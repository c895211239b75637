import { z } from "zod";

import { upstreamHeaders } from "../../openapi/answer-headers.ts";
import {
  answerFailures,
  type Operation,
  type Parameter,
  type ParameterRow,
} from "../../openapi/reference.ts";
import { requestId, trace } from "../../openapi/request-headers.ts";
import { batchEmbedSchema, embedSchema } from "./request-schema.ts";
import { embeddingSchema, embeddingsSchema } from "./response-schema.ts";

/** The body of `embedContent` as it is sent: its model stands in the path. */
export const embedBody = embedSchema.omit({ model: true });

/** Likewise of `batchEmbedContents`. */
export const batchEmbedBody = batchEmbedSchema.omit({ model: true });

const model: Parameter = {
  name: "model",
  in: "path",
  description: "An embedding model, or an alias of one.",
  schema: z.string(),
  support: "honoured",
  example: "bge-m3",
};

/** What is said of a request for one vector; `place` is where it stands. */
const describeOne = (place: string): readonly ParameterRow[] => [
  [`${place}content`, "honoured", "Its parts must be `text`; all of them are one text."],
  [`${place}outputDimensionality`, "honoured", "Where the model lets one choose."],
  [[`${place}taskType`, `${place}title`], "ignored"],
];

const boat = { parts: [{ text: "A red boat" }] };
const lake = { parts: [{ text: "A blue lake" }] };
const headers = [...upstreamHeaders, "x-usage-estimated"];

/** The operations of Gemini's vectors in `/openapi.json`. */
export const embeddingOperations: readonly Operation[] = [
  {
    route: "POST /v1beta/models/{model}:embedContent",
    id: "embedContent",
    summary: "Make the vector of a text",
    description: "Of upstreams that have models for it. Without one the answer is 404.",
    lock: "key",
    parameters: [model, requestId, trace],
    body: { schema: embedBody, fields: describeOne("") },
    examples: [
      { summary: "A text", body: { content: boat }, status: 200 },
      {
        summary: "A task, which is ignored",
        body: { content: boat, taskType: "RETRIEVAL_DOCUMENT", title: "Boats" },
        status: 200,
      },
      { summary: "An empty text, which has no vector", body: { content: { parts: [] } }, status: 400 },
      {
        summary: "A model that is not there",
        parameters: { model: "gpt-0" },
        body: { content: boat },
        status: 404,
      },
    ],
    answers: [
      {
        status: 200,
        description: "The vector.",
        headers,
        contents: {
          "application/json": {
            schemas: [embeddingSchema],
            example: {
              embedding: { values: [0.0123, -0.0456, 0.0789] },
              usageMetadata: { promptTokenCount: 3 },
            },
          },
        },
      },
    ],
    failures: answerFailures,
  },
  {
    route: "POST /v1beta/models/{model}:batchEmbedContents",
    id: "batchEmbedContents",
    summary: "Make vectors of texts",
    lock: "key",
    parameters: [model, requestId, trace],
    body: {
      schema: batchEmbedBody,
      fields: [
        ["requests", "honoured", "Up to 2,048, all with one length of vectors."],
        ["requests.model", "honoured", "That of the path, or nothing."],
        ...describeOne("requests."),
      ],
    },
    examples: [
      { summary: "Two texts", body: { requests: [{ content: boat }, { content: lake }] }, status: 200 },
      {
        summary: "As Google's SDKs send them",
        body: { requests: [{ model: "models/bge-m3", content: boat }] },
        status: 200,
      },
      {
        summary: "Two models, which are two requests",
        body: { requests: [{ model: "models/other", content: boat }] },
        status: 400,
      },
    ],
    answers: [
      {
        status: 200,
        description: "The vectors, in the order of the requests.",
        headers,
        contents: {
          "application/json": {
            schemas: [embeddingsSchema],
            example: {
              embeddings: [{ values: [0.0123, -0.0456, 0.0789] }, { values: [0.0321, 0.0654, -0.0987] }],
              usageMetadata: { promptTokenCount: 6 },
            },
          },
        },
      },
    ],
    failures: answerFailures,
  },
];
