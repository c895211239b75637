import { upstreamHeaders } from "../../openapi/answer-headers.ts";
import { answerFailures, type ParameterRow, type Reference } from "../../openapi/reference.ts";
import { wishes } from "../../openapi/request-headers.ts";
import { openAiError, openAiErrorFrame } from "../openai-error-schema.ts";
import { encodeError } from "./encode-error.ts";
import { requestSchema } from "./request-schema.ts";
import { responseSchema, streamEvent } from "./response-schema.ts";

const fields: readonly ParameterRow[] = [
  ["model", "honoured", "see [Model names](#model-names)"],
  [
    "messages",
    "honoured",
    "At least one, see [Messages](#messages-of-chat-completions). Roles `system`, `developer`, `user`, `assistant`, `tool`, `function`; content is a string or a list of parts, see [Images and files](#images-and-files-in-a-request). A user's `name` stands in front of what the user says; the assistant's too, where several agents speak. Calls and results without ids belong together by their order. `reasoning_content` (or `reasoning`) of earlier answers goes [back to models that take it](#reasoning).",
  ],
  [["stream", "stream_options"], "honoured", "`include_usage` adds the chunk with the usage."],
  ["stream_options.include_obfuscation", "ignored", "Nothing is obfuscated."],
  ["temperature", "honoured", "0 to 2. Default: 0.85 at Akash Chat, elsewhere the model's own"],
  [
    ["top_p", "topP"],
    "honoured",
    "0 to 1; two names of one thing. Default: 1 at Akash Chat, elsewhere the model's own",
  ],
  [
    ["max_completion_tokens", "max_tokens"],
    "honoured",
    "Counted here, thinking included; ends with `length` and ends the upstream request. -1 and 0: no limit.",
  ],
  ["stop", "honoured", "a text or up to 1,000, empty ones left out; not part of the answer"],
  ["n", "honoured", "1 to 8, each a request of its own to the upstream"],
  [
    "tools",
    "honoured",
    'Functions and custom tools, in this API\'s nesting or flat; custom tools are called as `type: "custom"`. Other types are left out and named as `tools[2]`. [Their fields](#tools-of-the-openai-apis)',
  ],
  [
    "tool_choice",
    "honoured",
    '`auto`, `none`, `required` (also `any`, and `{"type": "auto"}`), a function or custom tool, `allowed_tools`',
  ],
  ["parallel_tool_calls", "honoured", "`false`: only the first call of an answer is passed on."],
  [["functions", "function_call"], "honoured", "the predecessors; answered by `function_call`"],
  [
    "response_format",
    "honoured",
    "`text`, `json_object`, `json_schema`; always checked as if `strict`. The schema may stand in `json_schema.schema`, in `json_schema` itself, in `schema`, or in `json_object.schema`.",
  ],
  [
    ["reasoning_format", "include_reasoning"],
    "honoured",
    "`parsed`, `raw`, `hidden`; see [Reasoning](#reasoning)",
  ],
  ["modalities", "honoured", '`["text"]`; with `audio` it is refused.'],
  ["audio", "refused"],
  [["logprobs", "top_logprobs"], "refused", "unless `false` and 0"],
  [["frequency_penalty", "presence_penalty"], "by upstream", "-2 to 2"],
  ["seed", "by upstream", "a whole number; with `n` the second answer has the next one, and so on"],
  ["top_k", "by upstream", "a whole number; -1 and 0: the model's own"],
  ["min_p", "by upstream", "0 to 1"],
  [["repetition_penalty", "repeat_penalty"], "by upstream", "above 0 (0: none); two names of one thing"],
  ["reasoning_effort", "by upstream", "see [Effort](#effort)"],
  [
    "reasoning",
    "honoured",
    "OpenRouter's: `exclude: true` leaves thinking out of the answer; the rest is below. A word or a boolean in its place is an effort (by upstream).",
  ],
  [["reasoning.effort", "reasoning.max_tokens", "reasoning.enabled"], "by upstream", "see [Effort](#effort)"],
  ["chat_template_kwargs", "honoured", "two of its variables, see below; others are ignored and named"],
  [
    ["chat_template_kwargs.enable_thinking", "chat_template_kwargs.thinking", "enable_thinking"],
    "by upstream",
    "`true` or `false`, see [Effort](#effort)",
  ],
  [
    "thinking",
    "by upstream",
    "`true` or `false`, or `type`: `enabled` or `disabled` (named as `thinking.type`); other fields are ignored and named",
  ],
  [["logit_bias", "verbosity"], "ignored"],
  [
    [
      "metadata",
      "prediction",
      "prompt_cache_retention",
      "safety_identifier",
      "service_tier",
      "store",
      "user",
    ],
    "ignored",
  ],
  [
    "prompt_cache_key",
    "honoured",
    "Where a model is at several upstreams, requests with one key stay at one of them.",
  ],
  ["web_search_options", "ignored", "Nobody searches here."],
  ["moderation", "ignored", "A policy with the mode `block` is refused."],
  ["prompt_cache_options", "ignored", "There is no cache. `prewarm` is refused."],
];

const hello = [{ role: "user", content: "Say hello." }];
const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city, now.",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
    },
  },
};

/** `POST /v1/chat/completions` in `/openapi.json`. */
export const reference: Reference = {
  title: "Chat Completions",
  description: "OpenAI's Chat Completions, with the fields that its clients send to other servers.",
  // An unknown model has a status of its own here, as the Go program had it.
  errorForms: [{ name: "OpenAiChatError", schema: openAiError, encode: encodeError }],
  schemas: {
    ChatCompletionRequest: requestSchema,
    ChatCompletion: responseSchema,
    ChatCompletionChunk: streamEvent,
    OpenAiError: openAiError,
    OpenAiErrorFrame: openAiErrorFrame,
  },
  operations: [
    {
      route: "POST /v1/chat/completions",
      id: "createChatCompletion",
      summary: "Answer a conversation",
      description:
        "A body with `input` and without `messages` is taken for one of the Responses API. The model `AkashGen` answers with a Markdown image.",
      lock: "key",
      parameters: wishes,
      body: { schema: requestSchema, fields },
      examples: [
        { summary: "A question", body: { model: "auto", messages: hello }, status: 200 },
        {
          summary: "A stream, with its usage",
          body: { model: "auto", messages: hello, stream: true, stream_options: { include_usage: true } },
          status: 200,
          mediaType: "text/event-stream",
        },
        {
          summary: "A tool that must be called",
          body: {
            model: "auto",
            messages: [{ role: "user", content: "How is the weather in Paris?" }],
            tools: [weather],
            tool_choice: "required",
          },
          status: 200,
        },
        {
          summary: "A tool in a stream",
          body: {
            model: "auto",
            messages: [{ role: "user", content: "How is the weather in Paris?" }],
            tools: [weather],
            tool_choice: "required",
            stream: true,
          },
          status: 200,
          mediaType: "text/event-stream",
        },
        {
          summary: "The result of a tool",
          body: {
            model: "auto",
            messages: [
              { role: "user", content: "How is the weather in Paris?" },
              {
                role: "assistant",
                content: null,
                tool_calls: [
                  {
                    id: "call_1",
                    type: "function",
                    function: { name: "get_weather", arguments: '{"city":"Paris"}' },
                  },
                ],
              },
              { role: "tool", tool_call_id: "call_1", content: "Sunny, 21 °C." },
            ],
            tools: [weather],
          },
          status: 200,
        },
        {
          summary: "JSON by a schema",
          body: {
            model: "auto",
            messages: [{ role: "user", content: "Name a city and its country." }],
            response_format: {
              type: "json_schema",
              json_schema: {
                name: "city",
                schema: {
                  type: "object",
                  properties: { city: { type: "string" }, country: { type: "string" } },
                  required: ["city", "country"],
                },
              },
            },
          },
          status: 200,
        },
        {
          summary: "Two answers, and limits",
          body: { model: "auto", messages: hello, n: 2, max_completion_tokens: 5, temperature: 0.2 },
          status: 200,
        },
        {
          summary: "A picture",
          body: { model: "AkashGen", messages: [{ role: "user", content: "A red boat on a calm lake" }] },
          status: 200,
        },
        { summary: "Without messages, which is wrong", body: { model: "auto", messages: [] }, status: 400 },
        { summary: "A model that is not there", body: { model: "gpt-0", messages: hello }, status: 500 },
      ],
      answers: [
        {
          status: 200,
          description: "The answer; with `stream: true` as events.",
          headers: [...upstreamHeaders, "x-usage-estimated"],
          contents: {
            "application/json": {
              schemas: [responseSchema],
              example: {
                id: "chatcmpl-8fT2xQbN4kLrVwZ1mYcP",
                object: "chat.completion",
                created: 1795000000,
                model: "DeepSeek-V3.2",
                choices: [
                  {
                    index: 0,
                    message: { role: "assistant", content: "Hello!", refusal: null },
                    logprobs: null,
                    finish_reason: "stop",
                  },
                ],
                usage: { prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 },
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
