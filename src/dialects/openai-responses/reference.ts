import { codexBudget, upstreamHeaders } from "../../openapi/answer-headers.ts";
import {
  answerFailures,
  bodyFailures,
  type ErrorForm,
  nameEvents,
  type ParameterRow,
  type Reference,
} from "../../openapi/reference.ts";
import { wishes } from "../../openapi/request-headers.ts";
import { openAiError } from "../openai-error-schema.ts";
import { conversationOperations } from "./conversation-operations.ts";
import {
  conversationItemsSchema,
  conversationSchema,
  conversationUpdateSchema,
} from "./conversation-schema.ts";
import { encodeError } from "./encode-error.ts";
import { inputItem } from "./input-schema.ts";
import { requestSchema } from "./request-schema.ts";
import {
  compactionSchema,
  itemListSchema,
  inputTokensSchema,
  outputItem,
  conversationObject,
  responseSchema,
  streamEvents,
} from "./response-schema.ts";
import { exampleResponse, storedOperations } from "./stored-operations.ts";

const fields: readonly ParameterRow[] = [
  ["model", "honoured", "Unknown: 404."],
  ["input", "honoured", "A text or [items](#items)"],
  [["instructions", "metadata", "stream", "store"], "honoured", "Stored unless `store` is `false`."],
  ["previous_response_id", "honoured", "Its instructions are not carried over, as at OpenAI."],
  ["tools", "honoured", "[Tools](#tools-of-the-openai-apis)"],
  [
    ["tool_choice", "parallel_tool_calls"],
    "honoured",
    "Words and types as in Chat Completions, namespaces, `shell`, `apply_patch`. A choice of a tool that was left out is ignored and named.",
  ],
  [
    "text",
    "honoured",
    "`format`: `text`, `json_object`, `json_schema`, with the schema where Chat Completions takes it, too. The last `configuration_update` of the input changes it.",
  ],
  ["text.verbosity", "ignored"],
  [
    "reasoning",
    "honoured",
    "Thinking comes as `reasoning` items with a summary, whatever `summary` or `generate_summary` says.",
  ],
  ["reasoning.effort", "by upstream", "see [Effort](#effort)"],
  ["reasoning.mode", "ignored", "unless `standard`"],
  ["reasoning.context", "ignored", "not named for `auto` and `current_turn`"],
  [["temperature", "top_p"], "honoured", "0 to 2, 0 to 1; default: the model's own"],
  ["max_output_tokens", "honoured", "Ends as `incomplete` with `max_output_tokens`. -1 and 0: no limit."],
  [
    "truncation",
    "honoured",
    "`auto` leaves out what is oldest until the prompt fits: whole turns first, then the first steps of the last turn, each with its calls and their results; never the user's last message. `disabled` (default): a prompt that is too long is an error.",
  ],
  [
    "context_management",
    "honoured",
    '`[{"type": "compaction", "compact_threshold": N}]`: [compaction by itself](#compaction)',
  ],
  ["stop", "honoured", "not in the reference; as in Chat Completions"],
  ["background", "honoured", "Poll it by `GET`, or stream it. Not with `store: false`."],
  [
    "conversation",
    "honoured",
    'An id or `{"id"}` of [a conversation](#conversations), whose items come before `input`. Not with `previous_response_id`.',
  ],
  ["prompt", "refused", "It lives on OpenAI's side only."],
  ["stream_options", "honoured", "There is usage in every stream."],
  ["stream_options.include_obfuscation", "ignored", "Nothing is obfuscated."],
  [
    [
      "include",
      "max_tool_calls",
      "prompt_cache_retention",
      "safety_identifier",
      "service_tier",
      "top_logprobs",
      "user",
    ],
    "ignored",
    "Repeated in the response object where it has a field for them.",
  ],
  [
    "prompt_cache_key",
    "honoured",
    "Where a model is at several upstreams, requests with one key stay at one of them.",
  ],
  [["access_programs", "image", "multi_agent"], "ignored"],
  ["moderation", "ignored", "A policy with the mode `block` is refused."],
  [
    "prompt_cache_options",
    "ignored",
    "There is no cache. `prewarm` is refused: the answer would be made, and paid.",
  ],
  ["betas", "ignored", "a header (`openai-beta`) of the SDK; every beta is accepted"],
];

const countRequest = requestSchema.partial({ model: true });

const headers = [...upstreamHeaders, ...codexBudget, "x-usage-estimated", "x-store-error"];

const getTime = {
  type: "function",
  name: "get_time",
  description: "The time in a city.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

const conversation = [
  { role: "user", content: "My name is Ada. Remember it." },
  { role: "assistant", content: "I will." },
];

// A spent budget and a lost chain have forms of their own here.
const errorForm: ErrorForm = { name: "OpenAiResponsesError", schema: openAiError, encode: encodeError };

/** The Responses API in `/openapi.json`. */
export const reference: Reference = {
  title: "Responses",
  description:
    "OpenAI's Responses: answers that are stored, go on from one another, and may run in the background.",
  errorForms: [errorForm],
  schemas: {
    ResponseRequest: requestSchema,
    ResponseInputItem: inputItem,
    Response: responseSchema,
    ResponseOutputItem: outputItem,
    ResponseCompaction: compactionSchema,
    ItemList: itemListSchema,
    ResponseCountRequest: countRequest,
    ...nameEvents("", streamEvents),
  },
  operations: [
    {
      route: "POST /v1/responses",
      id: "createResponse",
      summary: "Make a response",
      lock: "key",
      parameters: wishes,
      body: { schema: requestSchema, fields },
      examples: [
        { summary: "A question", body: { model: "auto", input: "Say hello." }, status: 200 },
        {
          summary: "A stream",
          body: { model: "auto", input: "Say hello.", stream: true },
          status: 200,
          mediaType: "text/event-stream",
        },
        {
          summary: "A tool that must be called",
          body: {
            model: "auto",
            input: [{ role: "user", content: "What time is it in Paris?" }],
            tools: [getTime],
            tool_choice: "required",
          },
          status: 200,
        },
        {
          summary: "A tool in a stream",
          body: {
            model: "auto",
            input: "What time is it in Paris?",
            tools: [getTime],
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
            input: [
              { role: "user", content: "What time is it in Paris?" },
              { type: "function_call", call_id: "call_1", name: "get_time", arguments: '{"city":"Paris"}' },
              { type: "function_call_output", call_id: "call_1", output: "12:30" },
            ],
            tools: [getTime],
          },
          status: 200,
        },
        {
          summary: "JSON by a schema",
          body: {
            model: "auto",
            input: "Name a city.",
            text: {
              format: {
                type: "json_schema",
                name: "city",
                schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
              },
            },
          },
          status: 200,
        },
        {
          summary: "In the background",
          body: { model: "auto", input: "Say hello.", background: true, metadata: { job: "42" } },
          status: 200,
        },
        {
          summary: "Notes of a conversation",
          body: { model: "auto", input: [...conversation, { type: "compaction_trigger" }], stream: true },
          status: 200,
          mediaType: "text/event-stream",
        },
        {
          summary: "In a conversation that is not there",
          body: { model: "auto", input: "Say hello.", conversation: "conv_0" },
          status: 404,
        },
        {
          summary: "A prompt that lives elsewhere",
          body: { model: "auto", prompt: { id: "pmpt_1" } },
          status: 400,
        },
        { summary: "A model that is not there", body: { model: "gpt-0", input: "Say hello." }, status: 404 },
      ],
      answers: [
        {
          status: 200,
          description:
            "The response; with `stream: true` as events. In the background it is `queued`: ask for it by its id. A prompt that is too long fails inside of the stream.",
          headers,
          contents: {
            "application/json": { schemas: [responseSchema], example: exampleResponse },
            "text/event-stream": { events: streamEvents },
          },
        },
      ],
      failures: answerFailures,
    },
    {
      route: "POST /v1/responses/input_tokens",
      id: "countResponseTokens",
      summary: "Count the tokens of a prompt",
      description: "It takes the body of `POST /v1/responses`; `model` may be missing.",
      lock: "key",
      parameters: wishes,
      body: { schema: countRequest, fields },
      examples: [
        { summary: "A prompt", body: { input: "How many tokens is this?" }, status: 200 },
        { summary: "A wrong input", body: { input: 42 }, status: 400 },
      ],
      answers: [
        {
          status: 200,
          description: "The count, by the gateway.",
          headers: [...upstreamHeaders, ...codexBudget],
          contents: {
            "application/json": {
              schemas: [inputTokensSchema],
              example: { object: "response.input_tokens", input_tokens: 6 },
            },
          },
        },
      ],
      failures: bodyFailures,
    },
    {
      route: "POST /v1/responses/compact",
      id: "compactResponse",
      summary: "Shorten a conversation",
      description:
        "The answer's `output` is the next input: the messages that stay, and a `compaction` item that stands for the rest. Nothing is stored. `max_output_tokens`, `temperature` and `top_p` are honoured, too; what would shape an answer is ignored and named.",
      lock: "key",
      parameters: wishes,
      body: { schema: requestSchema },
      examples: [
        { summary: "A conversation", body: { model: "auto", input: conversation }, status: 200 },
        { summary: "Nothing to shorten", body: { model: "auto", input: [] }, status: 400 },
      ],
      answers: [
        {
          status: 200,
          description: "The next input.",
          headers,
          contents: { "application/json": { schemas: [compactionSchema] } },
        },
      ],
      failures: answerFailures,
    },
    ...storedOperations,
  ],
};

/** The Conversations API in `/openapi.json`. */
export const conversationsReference: Reference = {
  title: "Conversations",
  description: "OpenAI's Conversations: lists of items that grow by each response that is made in them.",
  errorForms: [errorForm],
  schemas: {
    Conversation: conversationObject,
    ConversationRequest: conversationSchema,
    ConversationUpdateRequest: conversationUpdateSchema,
    ConversationItemsRequest: conversationItemsSchema,
    ItemList: itemListSchema,
  },
  operations: conversationOperations,
};
