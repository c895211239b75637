import { upstreamHeaders } from "../../openapi/answer-headers.ts";
import { answerFailures, type ParameterRow, type Reference } from "../../openapi/reference.ts";
import { wishes } from "../../openapi/request-headers.ts";
import { ollamaError, ollamaErrorForm } from "../ollama-error-form.ts";
import { requestSchema } from "./request-schema.ts";
import { lastLine, loadSchema, responseSchema, streamLine } from "./response-schema.ts";

const fields: readonly ParameterRow[] = [
  [
    "model",
    "honoured",
    "With `:latest` or without, see [Model names](#model-names). Answers repeat it as it came; `x-upstream` says who answered.",
  ],
  [
    "messages",
    "honoured",
    "[Messages](#messages-of-ollamas-api). None, or an empty list: [a request to load](#a-request-to-load).",
  ],
  ["stream", "honoured", "On unless it is `false`."],
  [
    "tools",
    "honoured",
    "Functions. Other types are left out and named as `tools[2]`. There is no choice of a tool in this API: a `tool_choice` is ignored and named.",
  ],
  [
    "think",
    "by upstream",
    "`true`, `false`, or a word of [Effort](#effort); another is 400. `false` leaves thinking out of the answer in any case, the others have it in `thinking`; without the field, `REASONING` decides.",
  ],
  ["format", "honoured", '`"json"`, or a JSON schema; see [JSON answers](#json-answers)'],
  ["options", "honoured", "those below"],
  ["options.num_predict", "honoured", "Counted here, thinking included. -1, -2 and 0: no limit."],
  ["options.stop", "honoured", "a text or up to 1,000; not part of the answer"],
  [["options.temperature", "options.top_p"], "honoured", "0 to 2, 0 to 1; default: the model's own"],
  [
    [
      "options.top_k",
      "options.min_p",
      "options.seed",
      "options.repeat_penalty",
      "options.presence_penalty",
      "options.frequency_penalty",
    ],
    "by upstream",
    "as in Chat Completions",
  ],
  [
    "options.num_ctx",
    "ignored",
    "A model's context is what its server gives it (`/api/show` has it). A prompt that is too long is an error: nothing is cut without a word.",
  ],
  [
    [
      "options.num_keep",
      "options.repeat_last_n",
      "options.typical_p",
      "options.tfs_z",
      "options.mirostat",
      "options.mirostat_tau",
      "options.mirostat_eta",
      "options.penalize_newline",
    ],
    "ignored",
  ],
  [
    [
      "options.num_batch",
      "options.num_gpu",
      "options.main_gpu",
      "options.num_thread",
      "options.numa",
      "options.use_mmap",
      "options.use_mlock",
      "options.low_vram",
      "options.vocab_only",
    ],
    "ignored",
    "of a server's own hardware",
  ],
  [
    "keep_alive",
    "ignored",
    'Seconds, or a time such as `"5m"`. Models are loaded and unloaded by their servers.',
  ],
  [["truncate", "shift"], "ignored", "As `num_ctx`."],
  [["logprobs", "top_logprobs"], "refused", "unless `false` and 0"],
];

const hello = [{ role: "user", content: "Say hello." }];
const ask = [{ role: "user", content: "How is the weather in Paris?" }];
const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city, now.",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

/** `POST /api/chat` in `/openapi.json`. */
export const reference: Reference = {
  title: "Ollama Chat",
  description: "Ollama's chat, for clients that speak nothing else.",
  errorForms: [ollamaErrorForm],
  schemas: {
    OllamaChatRequest: requestSchema,
    OllamaChat: responseSchema,
    OllamaChatLine: streamLine,
    OllamaChatLastLine: lastLine,
    OllamaChatLoad: loadSchema,
    OllamaError: ollamaError,
  },
  operations: [
    {
      route: "POST /api/chat",
      id: "createOllamaChat",
      summary: "Answer a conversation, as Ollama",
      description:
        "Without messages it asks no model, and is answered at once: that is how clients load one.",
      lock: "key",
      parameters: wishes,
      body: { schema: requestSchema, fields },
      examples: [
        {
          summary: "A question, answered in lines",
          body: { model: "auto", messages: hello },
          status: 200,
          mediaType: "application/x-ndjson",
        },
        {
          summary: "A question, answered whole",
          body: { model: "auto", messages: hello, stream: false },
          status: 200,
        },
        {
          summary: "A tool, in lines",
          body: { model: "auto", messages: ask, tools: [weather] },
          status: 200,
          mediaType: "application/x-ndjson",
        },
        {
          summary: "The result of a tool",
          body: {
            model: "auto",
            messages: [
              ...ask,
              {
                role: "assistant",
                content: "",
                tool_calls: [{ function: { name: "get_weather", arguments: { city: "Paris" } } }],
              },
              { role: "tool", tool_name: "get_weather", content: "Sunny, 21 °C." },
            ],
            tools: [weather],
            stream: false,
          },
          status: 200,
        },
        {
          summary: "JSON by a schema",
          body: {
            model: "auto",
            messages: [{ role: "user", content: "Name a city and its country." }],
            format: {
              type: "object",
              properties: { city: { type: "string" }, country: { type: "string" } },
              required: ["city", "country"],
            },
            stream: false,
          },
          status: 200,
        },
        {
          summary: "Limits, and how much is thought",
          body: {
            model: "auto",
            messages: hello,
            think: false,
            options: { num_predict: 5, temperature: 0.2, num_ctx: 8192 },
            stream: false,
          },
          status: 200,
        },
        { summary: "To load a model", body: { model: "auto" }, status: 200 },
        { summary: "To unload it", body: { model: "auto", messages: [], keep_alive: 0 }, status: 200 },
        {
          summary: "A role that there is not",
          body: { model: "auto", messages: [{ role: "king", content: "Hi" }] },
          status: 400,
        },
        { summary: "A model that is not there", body: { model: "gpt-0", messages: hello }, status: 404 },
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
                message: { role: "assistant", content: "Hello!" },
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
