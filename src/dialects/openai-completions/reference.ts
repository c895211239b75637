import { upstreamHeaders } from "../../openapi/answer-headers.ts";
import { answerFailures, type ParameterRow, type Reference } from "../../openapi/reference.ts";
import { wishes } from "../../openapi/request-headers.ts";
import { openAiErrorForm } from "../openai-error-form.ts";
import { openAiErrorFrame } from "../openai-error-schema.ts";
import { requestSchema } from "./request-schema.ts";
import { responseSchema, streamEvent } from "./response-schema.ts";

const fields: readonly ParameterRow[] = [
  [["model", "stream", "stream_options", "stop"], "honoured", "as in Chat Completions"],
  ["stream_options.include_obfuscation", "ignored"],
  ["prompt", "honoured", "A text or a list of texts; lists of token numbers are refused."],
  ["n", "honoured", "1 to 8; prompts times `n` must not be more than 20."],
  [["temperature", "top_p"], "honoured", "default: the model's own"],
  [
    "max_tokens",
    "honoured",
    "default, -1 and 0: no limit (the reference's 16 would cut every answer); for a raw prompt 4,096, since a text has no end of its own. Lowered to what the model's window leaves.",
  ],
  ["echo", "honoured"],
  [
    "suffix",
    "honoured",
    "by upstreams that get the prompt raw, as far as their server takes it; else refused, unless it is empty",
  ],
  ["logprobs", "refused"],
  ["best_of", "ignored", "when larger than `n`"],
  [
    [
      "frequency_penalty",
      "presence_penalty",
      "seed",
      "top_k",
      "min_p",
      "repetition_penalty",
      "repeat_penalty",
    ],
    "by upstream",
    "as in Chat Completions",
  ],
  [["logit_bias", "user"], "ignored"],
];

/** `POST /v1/completions` in `/openapi.json`. */
export const reference: Reference = {
  title: "Completions",
  description: "OpenAI's legacy Completions: a text goes on.",
  errorForms: [openAiErrorForm],
  schemas: {
    CompletionRequest: requestSchema,
    Completion: responseSchema,
    CompletionChunk: streamEvent,
  },
  operations: [
    {
      route: "POST /v1/completions",
      id: "createCompletion",
      summary: "Continue a text",
      description:
        "An upstream that has this route itself gets the prompt raw, without a chat around it; all others are told as chat models to continue it.",
      lock: "key",
      parameters: wishes,
      body: { schema: requestSchema, fields },
      examples: [
        {
          summary: "The beginning of a text",
          body: { model: "auto", prompt: "Once upon a time", max_tokens: 20 },
          status: 200,
        },
        {
          summary: "Two prompts, repeated, as a stream",
          body: {
            model: "auto",
            prompt: ["One, two,", "Red, green,"],
            echo: true,
            stream: true,
            stream_options: { include_usage: true },
          },
          status: 200,
          mediaType: "text/event-stream",
        },
        {
          summary: "Token numbers, which can't be read",
          body: { model: "auto", prompt: [[1, 2]] },
          status: 400,
        },
      ],
      answers: [
        {
          status: 200,
          description: "The text; with `stream: true` as events.",
          headers: [...upstreamHeaders, "x-usage-estimated"],
          contents: {
            "application/json": {
              schemas: [responseSchema],
              example: {
                id: "cmpl-8fT2xQbN4kLrVwZ1mYcP",
                object: "text_completion",
                created: 1795000000,
                model: "DeepSeek-V3.2",
                choices: [
                  { text: ", there was a lighthouse.", index: 0, logprobs: null, finish_reason: "stop" },
                ],
                usage: { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 },
              },
            },
            "text/event-stream": { schemas: [streamEvent, openAiErrorFrame], end: "[DONE]" },
          },
        },
      ],
      failures: answerFailures,
    },
  ],
};
