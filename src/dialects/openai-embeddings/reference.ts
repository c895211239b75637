import { upstreamHeaders } from "../../openapi/answer-headers.ts";
import { answerFailures, type ParameterRow, type Reference } from "../../openapi/reference.ts";
import { requestId, trace } from "../../openapi/request-headers.ts";
import { openAiErrorForm } from "../openai-error-form.ts";
import { requestSchema } from "./request-schema.ts";
import { responseSchema } from "./response-schema.ts";

const fields: readonly ParameterRow[] = [
  [
    "model",
    "honoured",
    "an embedding model, an alias, or nothing for the first embedding model that is listed. A model of which its server does not say what it is may be tried, too: the server judges.",
  ],
  [
    "input",
    "honoured",
    "a text, a list of texts, a text as a list of token numbers, or a list of these; at most 2,048 texts and 4,000,000 characters in all (a token counts as 4)",
  ],
  ["dimensions", "honoured", "up to 65,536, where the model lets one choose"],
  ["encoding_format", "honoured", "`float` (default) or `base64`: float32, little-endian"],
  ["user", "ignored"],
];

/** `POST /v1/embeddings` in `/openapi.json`. */
export const reference: Reference = {
  title: "Embeddings",
  description: "OpenAI's Embeddings, of upstreams that have models for them. Without one the answer is 404.",
  errorForms: [openAiErrorForm],
  schemas: { EmbeddingsRequest: requestSchema, Embeddings: responseSchema },
  operations: [
    {
      route: "POST /v1/embeddings",
      id: "createEmbeddings",
      summary: "Make vectors of texts",
      lock: "key",
      parameters: [requestId, trace],
      body: { schema: requestSchema, fields },
      examples: [
        { summary: "A text", body: { input: "A red boat" }, status: 200 },
        {
          summary: "Texts, as base64",
          body: { input: ["A red boat", "A blue lake"], encoding_format: "base64" },
          status: 200,
        },
        { summary: "An empty text, which has no vector", body: { input: "" }, status: 400 },
      ],
      answers: [
        {
          status: 200,
          description: "The vectors, in the order of the texts.",
          headers: [...upstreamHeaders, "x-usage-estimated"],
          contents: {
            "application/json": {
              schemas: [responseSchema],
              example: {
                object: "list",
                data: [{ object: "embedding", index: 0, embedding: [0.0123, -0.0456, 0.0789] }],
                model: "bge-m3",
                usage: { prompt_tokens: 3, total_tokens: 3 },
              },
            },
          },
        },
      ],
      failures: answerFailures,
    },
  ],
};
