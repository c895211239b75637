import { z } from "zod";

import { codexBudget, upstreamHeaders } from "../../openapi/answer-headers.ts";
import {
  bodyFailures,
  lookupFailures,
  type Operation,
  type Parameter,
  type ParameterRow,
} from "../../openapi/reference.ts";
import { requestId, trace } from "../../openapi/request-headers.ts";
import {
  conversationItemsSchema,
  conversationSchema,
  conversationUpdateSchema,
} from "./conversation-schema.ts";
import { conversationObject, deletedConversation, itemListSchema, storedItem } from "./response-schema.ts";
import { exampleItems, itemPage } from "./stored-operations.ts";

const id: Parameter = {
  name: "id",
  in: "path",
  description: "Of the conversation.",
  schema: z.string(),
  example: "conv_8fT2xQbN4kLrVwZ1mYcP9sHd",
};

const item: Parameter = {
  name: "item",
  in: "path",
  description: "The id of the item.",
  schema: z.string(),
  example: "msg_8fT2xQbN4kLrVwZ1mYcP_1",
};

const include: Parameter = {
  name: "include",
  in: "query",
  description: "An item is always shown whole.",
  schema: z.array(z.string()),
  support: "ignored",
};

const itemsRow: ParameterRow = [
  "items",
  "honoured",
  "of `POST /v1/conversations` (none is fine) and of `POST …/items` (1 at least); 20 at most. [Items](#items) as in `input`, but no `compaction_trigger`. Those without an id get one; an id that the conversation has already is 400, and so is an item that no response could read.",
];

const metadataRow: ParameterRow = [
  "metadata",
  "honoured",
  "of `POST /v1/conversations`, and of `POST /v1/conversations/:id`, where it takes the place of what was; `null` there is none",
];

const exampleConversation = {
  id: "conv_8fT2xQbN4kLrVwZ1mYcP9sHd",
  object: "conversation",
  created_at: 1795000000,
  metadata: { topic: "boats" },
};

const headers = [...upstreamHeaders, ...codexBudget];
const hello = { role: "user", content: "Say hello." };
const notThere = { parameters: { id: "conv_0" }, status: 404 };

/** An answer that is the conversation. */
const shown = (description: string) => ({
  status: 200,
  description,
  headers,
  contents: { "application/json": { schemas: [conversationObject], example: exampleConversation } },
});

/** The operations of conversations in `/openapi.json`. */
export const conversationOperations: readonly Operation[] = [
  {
    route: "POST /v1/conversations",
    id: "createConversation",
    summary: "Make a conversation",
    description: "A response is made in it by its id in `conversation`.",
    lock: "key",
    parameters: [requestId, trace],
    body: { schema: conversationSchema, isOptional: true, fields: [itemsRow, metadataRow] },
    examples: [
      { summary: "An empty one", status: 200 },
      { summary: "With items", body: { items: [hello], metadata: { topic: "boats" } }, status: 200 },
      { summary: "Metadata that are no text", body: { metadata: { topic: 1 } }, status: 400 },
    ],
    answers: [shown("The conversation.")],
    failures: bodyFailures,
  },
  {
    route: "GET /v1/conversations/{id}",
    id: "getConversation",
    summary: "A conversation, without its items",
    lock: "key",
    parameters: [id, requestId],
    examples: [
      { summary: "One that was made", status: 200 },
      { summary: "One that is not there", ...notThere },
    ],
    answers: [shown("The conversation.")],
    failures: lookupFailures,
  },
  {
    route: "POST /v1/conversations/{id}",
    id: "changeConversation",
    summary: "Give a conversation other metadata",
    lock: "key",
    parameters: [id, requestId, trace],
    body: { schema: conversationUpdateSchema, fields: [metadataRow] },
    examples: [
      { summary: "Others", body: { metadata: { topic: "lakes" } }, status: 200 },
      { summary: "None", body: { metadata: null }, status: 200 },
      { summary: "One that is not there", body: { metadata: {} }, ...notThere },
    ],
    answers: [shown("The conversation, as it is now.")],
    failures: bodyFailures,
  },
  {
    route: "DELETE /v1/conversations/{id}",
    id: "deleteConversation",
    summary: "Delete a conversation with its items",
    description: "Responses that were made in it stay.",
    lock: "key",
    parameters: [id, requestId],
    examples: [
      { summary: "One that was made", status: 200 },
      { summary: "One that is not there", ...notThere },
    ],
    answers: [
      {
        status: 200,
        description: "It is gone.",
        headers,
        contents: {
          "application/json": {
            schemas: [deletedConversation],
            example: { id: exampleConversation.id, object: "conversation.deleted", deleted: true },
          },
        },
      },
    ],
    failures: lookupFailures,
  },
  {
    route: "POST /v1/conversations/{id}/items",
    id: "addConversationItems",
    summary: "Add items to a conversation",
    description: "Not while a response is made in it: that is 400 with the code `conversation_locked`.",
    lock: "key",
    parameters: [id, requestId, trace, include],
    body: { schema: conversationItemsSchema, fields: [itemsRow] },
    examples: [
      { summary: "A message", body: { items: [hello] }, status: 200 },
      { summary: "None, which is wrong", body: { items: [] }, status: 400 },
      { summary: "To one that is not there", body: { items: [hello] }, ...notThere },
    ],
    answers: [
      {
        status: 200,
        description: "The items that were added.",
        headers,
        contents: { "application/json": { schemas: [itemListSchema], example: exampleItems } },
      },
    ],
    failures: bodyFailures,
  },
  {
    route: "GET /v1/conversations/{id}/items",
    id: "listConversationItems",
    summary: "The items of a conversation",
    lock: "key",
    parameters: [id, requestId, ...itemPage, include],
    examples: [
      { summary: "In their order", parameters: { order: "asc", limit: 10 }, status: 200 },
      { summary: "A limit that is too high", parameters: { limit: 1000 }, status: 400 },
      { summary: "Of one that is not there", ...notThere },
    ],
    answers: [
      {
        status: 200,
        description: "A page of items.",
        headers,
        contents: { "application/json": { schemas: [itemListSchema], example: exampleItems } },
      },
    ],
    failures: lookupFailures,
  },
  {
    route: "GET /v1/conversations/{id}/items/{item}",
    id: "getConversationItem",
    summary: "An item of a conversation",
    lock: "key",
    parameters: [id, item, requestId, include],
    examples: [
      { summary: "One of its items", status: 200 },
      { summary: "One that is not there", parameters: { item: "msg_0" }, status: 404 },
    ],
    answers: [
      {
        status: 200,
        description: "The item.",
        headers,
        contents: { "application/json": { schemas: [storedItem], example: exampleItems.data[0] } },
      },
    ],
    failures: lookupFailures,
  },
  {
    route: "DELETE /v1/conversations/{id}/items/{item}",
    id: "deleteConversationItem",
    summary: "Delete an item of a conversation",
    description: "Not while a response is made in it: that is 400 with the code `conversation_locked`.",
    lock: "key",
    parameters: [id, item, requestId],
    examples: [
      { summary: "One of its items", status: 200 },
      { summary: "One that is not there", parameters: { item: "msg_0" }, status: 404 },
    ],
    answers: [shown("The conversation, without the item.")],
    failures: lookupFailures,
  },
];
