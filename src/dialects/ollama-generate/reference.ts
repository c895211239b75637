import { upstreamHeaders } from "../../openapi/answer-headers.ts";
import { answerFailures, type ParameterRow, type Reference } from "../../openapi/reference.ts";
import { wishes } from "../../openapi/request-headers.ts";
import { ollamaError, ollamaErrorForm } from "../ollama-error-form.ts";
import { requestSchema } from "./request-schema.ts";
import { lastLine, loadSchema, responseSchema, streamLine } from "./response-schema.ts";

const fields: readonly ParameterRow[] = [
  [["model", "stream", "format", "options"], "honoured", "as above, each of the options too"],
  ["prompt", "honoured"],
  ["system", "honoured"],
  ["images", "honoured", "as in messages"],
  [
    "suffix",
    "honoured",
    "The text behind the gap; by upstreams that go on with raw text, as in [Completions](#post-v1completions), else refused.",
  ],
  [
    "raw",
    "honoured",
    "The prompt is a text to go on with, as in [Completions](#post-v1completions). Beside `raw` or `suffix`, `system`, `images` and `format` are 400.",
  ],
  ["think", "by upstream", "as above"],
  ["keep_alive", "ignored"],
  ["template", "refused", "Prompts are put together by the models' servers."],
  [
    "context",
    "refused",
    "Unless it is empty: answers have none, since nobody here keeps tokens. Send the conversation to `/api/chat`.",
  ],
  [["logprobs", "top_logprobs"], "refused", "unless `false` and 0"],
  [["width", "height", "steps"], "ignored"],
];

/** `POST /api/generate` in `/openapi.json`. */
export const reference: Reference = {
  title: "Ollama Generate",
  description: "Ollama's answer to a single prompt.",
  errorForms: [ollamaErrorForm],
  schemas: {
    OllamaGenerateRequest: requestSchema,
    OllamaGenerate: responseSchema,
    OllamaGenerateLine: streamLine,
    OllamaGenerateLastLine: lastLine,
    OllamaGenerateLoad: loadSchema,
  },
  operations: [
    {
      route: "POST /api/generate",
      id: "createOllamaGenerate",
      summary: "Answer a prompt, as Ollama",
      description:
        "Without a prompt it asks no model, and is answered at once: that is how clients load one.",
      lock: "key",
      parameters: wishes,
      body: { schema: requestSchema, fields },
      examples: [
        {
          summary: "A prompt, answered in lines",
          body: { model: "auto", prompt: "Say hello." },
          status: 200,
          mediaType: "application/x-ndjson",
        },
        {
          summary: "A prompt with instructions, answered whole",
          body: { model: "auto", system: "Be brief.", prompt: "Say hello.", stream: false },
          status: 200,
        },
        {
          summary: "JSON",
          body: { model: "auto", prompt: "Name a city, as JSON.", format: "json", stream: false },
          status: 200,
        },
        {
          summary: "The beginning of a text",
          body: {
            model: "auto",
            prompt: "Once upon a time",
            raw: true,
            options: { num_predict: 20 },
            stream: false,
          },
          status: 200,
        },
        { summary: "To load a model", body: { model: "auto" }, status: 200 },
        { summary: "To unload it", body: { model: "auto", keep_alive: 0 }, status: 200 },
        {
          summary: "A template, which can't be honoured",
          body: { model: "auto", prompt: "Say hello.", template: "{{ .Prompt }}" },
          status: 400,
        },
        { summary: "A model that is not there", body: { model: "gpt-0", prompt: "Say hello." }, status: 404 },
      ],
      answers: [
        {
          status: 200,
          description:
            "The answer in lines, which end with one whose `done` is true; with `stream: false` whole.",
          headers: [...upstreamHeaders, "x-usage-estimated"],
          contents: {
            "application/x-ndjson": { schemas: [streamLine], last: [lastLine, ollamaError] },
            "application/json": {
              schemas: [responseSchema, loadSchema],
              example: {
                model: "DeepSeek-V3.2:latest",
                created_at: "2026-11-18T09:46:40.000Z",
                response: "Hello!",
                done: true,
                done_reason: "stop",
                total_duration: 812000000,
                load_duration: 0,
                prompt_eval_count: 6,
                prompt_eval_duration: 640000000,
                eval_count: 2,
                eval_duration: 172000000,
              },
            },
          },
        },
      ],
      failures: answerFailures,
    },
  ],
};
