import { z } from "zod";

import { codexBudget, upstreamHeaders } from "../../openapi/answer-headers.ts";
import { lookupFailures, type Operation, type Parameter } from "../../openapi/reference.ts";
import { requestId } from "../../openapi/request-headers.ts";
import { deletedSchema, itemListSchema, responseSchema, streamEvents } from "./response-schema.ts";

const id: Parameter = {
  name: "id",
  in: "path",
  description: "Of the response.",
  schema: z.string(),
  example: "resp_8fT2xQbN4kLrVwZ1mYcP",
};

const include: Parameter = {
  name: "include",
  in: "query",
  description: "There is nothing more to include.",
  schema: z.array(z.string()),
  support: "ignored",
};

/** Which page of a list of items is asked for. */
export const itemPage: readonly Parameter[] = [
  {
    name: "limit",
    in: "query",
    description: "Items of a page; 20 where nothing is said.",
    schema: z.int().min(1).max(100),
    support: "honoured",
  },
  {
    name: "order",
    in: "query",
    description: "`desc` where nothing is said.",
    schema: z.enum(["asc", "desc"]),
    support: "honoured",
  },
  {
    name: "after",
    in: "query",
    description: "The id of the item behind which the page begins.",
    schema: z.string(),
    support: "honoured",
  },
  {
    name: "before",
    in: "query",
    description: "The id of the item before which it ends.",
    schema: z.string(),
    support: "honoured",
  },
];

/** A page of items, as examples show it. */
export const exampleItems = {
  object: "list",
  data: [
    {
      type: "message",
      id: "msg_8fT2xQbN4kLrVwZ1mYcP_1",
      role: "user",
      status: "completed",
      content: [{ type: "input_text", text: "Say hello." }],
    },
  ],
  first_id: "msg_8fT2xQbN4kLrVwZ1mYcP_1",
  last_id: "msg_8fT2xQbN4kLrVwZ1mYcP_1",
  has_more: false,
};

/** A response, as examples show it. */
export const exampleResponse = {
  id: "resp_8fT2xQbN4kLrVwZ1mYcP",
  object: "response",
  created_at: 1795000000,
  completed_at: 1795000002,
  status: "completed",
  error: null,
  incomplete_details: null,
  model: "DeepSeek-V3.2",
  output: [
    {
      type: "message",
      id: "msg_8fT2xQbN4kLrVwZ1mYcP_0",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "Hello!", annotations: [], logprobs: [] }],
    },
  ],
  usage: {
    input_tokens: 6,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 2,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 8,
  },
  instructions: null,
  previous_response_id: null,
  tools: [],
  tool_choice: "auto",
  parallel_tool_calls: true,
  text: { format: { type: "text" } },
  reasoning: { effort: null, summary: null },
  temperature: 0.85,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  top_logprobs: 0,
  max_output_tokens: null,
  max_tool_calls: null,
  truncation: "disabled",
  store: true,
  background: false,
  service_tier: "default",
  metadata: {},
  safety_identifier: null,
  prompt_cache_key: null,
  user: null,
};

/** The operations of stored responses in `/openapi.json`. */
export const storedOperations: readonly Operation[] = [
  {
    route: "GET /v1/responses/{id}",
    id: "getResponse",
    summary: "A stored response",
    lock: "key",
    parameters: [
      id,
      requestId,
      {
        name: "stream",
        in: "query",
        description: "`true`: the events of a background response, while it runs and for a while after.",
        schema: z.enum(["true", "false"]),
        support: "honoured",
      },
      {
        name: "starting_after",
        in: "query",
        description: "The `sequence_number` behind which the stream begins.",
        schema: z.int().min(-1),
        support: "honoured",
      },
      include,
      {
        name: "include_obfuscation",
        in: "query",
        description: "Nothing is obfuscated.",
        schema: z.boolean(),
        support: "ignored",
      },
    ],
    examples: [
      { summary: "As it is now", status: 200 },
      {
        summary: "Its events again",
        parameters: { stream: "true", starting_after: 0 },
        status: 200,
        mediaType: "text/event-stream",
      },
      { summary: "One that is not there", parameters: { id: "resp_0" }, status: 404 },
    ],
    answers: [
      {
        status: 200,
        description: "The response.",
        contents: {
          "application/json": { schemas: [responseSchema], example: exampleResponse },
          "text/event-stream": { events: streamEvents },
        },
      },
    ],
    failures: lookupFailures,
  },
  {
    route: "DELETE /v1/responses/{id}",
    id: "deleteResponse",
    summary: "Delete a stored response",
    lock: "key",
    parameters: [id, requestId],
    examples: [
      { summary: "One that is stored", status: 200 },
      { summary: "One that is not there", parameters: { id: "resp_0" }, status: 404 },
    ],
    answers: [
      {
        status: 200,
        description: "It is gone.",
        contents: {
          "application/json": {
            schemas: [deletedSchema],
            example: { id: "resp_8fT2xQbN4kLrVwZ1mYcP", object: "response", deleted: true },
          },
        },
      },
    ],
    failures: lookupFailures,
  },
  {
    route: "GET /v1/responses/{id}/input_items",
    id: "listResponseInput",
    summary: "The input of a stored response, as items",
    lock: "key",
    parameters: [id, requestId, ...itemPage, include],
    examples: [
      { summary: "In their order", parameters: { order: "asc", limit: 10 }, status: 200 },
      { summary: "A limit that is too high", parameters: { limit: 1000 }, status: 400 },
    ],
    answers: [
      {
        status: 200,
        description: "A page of items.",
        contents: {
          "application/json": {
            schemas: [itemListSchema],
            example: exampleItems,
          },
        },
      },
    ],
    failures: lookupFailures,
  },
  {
    route: "POST /v1/responses/{id}/cancel",
    id: "cancelResponse",
    summary: "End a background response",
    lock: "key",
    parameters: [id, requestId],
    examples: [
      { summary: "One that was made in the background", status: 200 },
      { summary: "One that is not there", parameters: { id: "resp_0" }, status: 404 },
    ],
    answers: [
      {
        status: 200,
        description: "The response, as it ended.",
        headers: [...upstreamHeaders, ...codexBudget],
        contents: { "application/json": { schemas: [responseSchema] } },
      },
    ],
    failures: lookupFailures,
  },
];
