import { anthropicBudget, upstreamHeaders } from "../../openapi/answer-headers.ts";
import {
  answerFailures,
  bodyFailures,
  nameEvents,
  type ParameterRow,
  type Reference,
} from "../../openapi/reference.ts";
import { anthropicVersion, wishes } from "../../openapi/request-headers.ts";
import { anthropicErrorForm } from "./error-form.ts";
import { countTokensSchema, requestSchema } from "./request-schema.ts";
import { countSchema, errorSchema, messageEvents, responseSchema } from "./response-schema.ts";

const fields: readonly ParameterRow[] = [
  ["model", "honoured", "Unknown: 404."],
  [
    "messages",
    "honoured",
    "Roles `user`, `assistant`, also `system`, which stays [in its place](#images-and-files-in-a-request). [Blocks](#blocks)",
  ],
  ["max_tokens", "honoured", "required"],
  [
    ["system", "stream", "stop_sequences"],
    "honoured",
    "The attribution line of Claude Code (`x-anthropic-billing-header:`) is dropped.",
  ],
  [["temperature", "top_p"], "honoured", "0 to 1; default: the model's own"],
  ["tools", "honoured", "[Tools](#tools-of-the-messages-api)"],
  ["tool_choice", "honoured", "`auto`, `any`, `tool`, `none`, with `disable_parallel_tool_use`"],
  ["thinking", "honoured", 'Thinking blocks come only if it is on and not `display: "omitted"`.'],
  ["thinking.budget_tokens", "by upstream", "as the effort that comes near to it, see [Effort](#effort)"],
  ["thinking.block_binding", "ignored"],
  [["output_config", "output_format"], "honoured", "`format` with a JSON schema"],
  [
    "output_config.effort",
    "by upstream",
    "see [Effort](#effort); of several the last system message's. With thinking `disabled` it is ignored.",
  ],
  ["output_config.task_budget", "ignored"],
  ["top_k", "by upstream", "-1 and 0: the model's own"],
  [
    "thread",
    "honoured",
    "`create` holds the conversation, `continue` goes on from an answer: [Threads](#threads).",
  ],
  [
    "compaction",
    "refused",
    "Answering as usual would pass for a summary. So the SDK's `compactBeforeNextTurn` throws; [context editing](#context-editing) saves, too.",
  ],
  ["context_management", "honoured", "`edits`: [Context editing](#context-editing)"],
  [
    [
      "billing_policy",
      "container",
      "diagnostics",
      "fallback_credit_token",
      "fallbacks",
      "inference_geo",
      "mcp_servers",
      "service_tier",
      "speed",
      "user_profile_id",
      "workspace_id",
    ],
    "ignored",
  ],
  ["betas", "ignored", "a header (`anthropic-beta`); every beta is accepted"],
  ["citations", "ignored", "of a document; of a search result it is read over"],
  [["metadata", "cache_control"], "ignored", "`cache_control` inside blocks and tools is read over."],
];

const countedFields = fields.filter(([names]) =>
  [names].flat().every((name) => name in countTokensSchema.shape),
);

const hello = [{ role: "user", content: "Say hello." }];
const weather = {
  name: "get_weather",
  description: "The weather of a city, now.",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const headers = ["request-id", ...upstreamHeaders, ...anthropicBudget];

/** The Messages API in `/openapi.json`. */
export const reference: Reference = {
  title: "Messages",
  description: "Anthropic's Messages.",
  errorForms: [anthropicErrorForm],
  schemas: {
    MessageRequest: requestSchema,
    MessageCountRequest: countTokensSchema,
    Message: responseSchema,
    AnthropicError: errorSchema,
    ...nameEvents("message", messageEvents),
  },
  operations: [
    {
      route: "POST /v1/messages",
      id: "createMessage",
      summary: "Answer a conversation",
      lock: "key",
      parameters: [anthropicVersion, ...wishes],
      body: { schema: requestSchema, fields },
      examples: [
        { summary: "A question", body: { model: "auto", max_tokens: 500, messages: hello }, status: 200 },
        {
          summary: "A stream",
          body: { model: "auto", max_tokens: 500, messages: hello, stream: true },
          status: 200,
          mediaType: "text/event-stream",
        },
        {
          summary: "A tool that must be called",
          body: {
            model: "auto",
            max_tokens: 500,
            messages: [{ role: "user", content: "How is the weather in Paris?" }],
            tools: [weather],
            tool_choice: { type: "any" },
          },
          status: 200,
        },
        {
          summary: "A tool in a stream",
          body: {
            model: "auto",
            max_tokens: 500,
            messages: [{ role: "user", content: "How is the weather in Paris?" }],
            tools: [weather],
            tool_choice: { type: "tool", name: "get_weather" },
            stream: true,
          },
          status: 200,
          mediaType: "text/event-stream",
        },
        {
          summary: "The result of a tool",
          body: {
            model: "auto",
            max_tokens: 500,
            system: "Answer in one sentence.",
            messages: [
              { role: "user", content: "How is the weather in Paris?" },
              {
                role: "assistant",
                content: [{ type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "Paris" } }],
              },
              {
                role: "user",
                content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "Sunny, 21 °C." }],
              },
            ],
            tools: [weather],
          },
          status: 200,
        },
        {
          summary: "A thread, which is held",
          body: { model: "auto", max_tokens: 500, messages: hello, thread: { type: "create" } },
          status: 200,
        },
        {
          summary: "A thread that is not there",
          body: {
            model: "auto",
            max_tokens: 500,
            messages: hello,
            thread: { type: "continue", previous_message_id: "msg_0" },
          },
          status: 404,
        },
        {
          summary: "Without max_tokens, which is wrong",
          body: { model: "auto", messages: hello },
          status: 400,
        },
        {
          summary: "A model that is not there",
          body: { model: "claude-0", max_tokens: 500, messages: hello },
          status: 404,
        },
      ],
      answers: [
        {
          status: 200,
          description: "The answer; with `stream: true` as events.",
          headers: [...headers, "x-usage-estimated"],
          contents: {
            "application/json": {
              schemas: [responseSchema],
              example: {
                id: "msg_8fT2xQbN4kLrVwZ1mYcP",
                type: "message",
                role: "assistant",
                model: "DeepSeek-V3.2",
                content: [{ type: "text", text: "Hello!" }],
                stop_reason: "end_turn",
                stop_sequence: null,
                usage: {
                  input_tokens: 6,
                  cache_creation_input_tokens: 0,
                  cache_read_input_tokens: 0,
                  output_tokens: 2,
                },
              },
            },
            "text/event-stream": { events: { ...messageEvents, error: errorSchema } },
          },
        },
      ],
      failures: answerFailures,
    },
    {
      route: "POST /v1/messages/count_tokens",
      id: "countMessageTokens",
      summary: "Count the tokens of a prompt",
      description:
        "It takes the body of `POST /v1/messages`; limits and sampling don't matter. The text that teaches the tools is counted, images are not.",
      lock: "key",
      parameters: [anthropicVersion, ...wishes],
      body: { schema: countTokensSchema, fields: countedFields },
      examples: [
        { summary: "A prompt", body: { model: "auto", messages: hello }, status: 200 },
        {
          summary: "With edits",
          body: {
            model: "auto",
            messages: hello,
            context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
          },
          status: 200,
        },
        { summary: "Without messages, which is wrong", body: { model: "auto", messages: [] }, status: 400 },
      ],
      answers: [
        {
          status: 200,
          description: "The count, by the gateway.",
          headers,
          contents: { "application/json": { schemas: [countSchema], example: { input_tokens: 6 } } },
        },
      ],
      failures: bodyFailures,
    },
  ],
};
