import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";

import { encodeCodexBudget } from "../../dialects/encode-budget.ts";
import {
  encodeConversation,
  encodeDeletedConversation,
  encodeError,
  encodeItemList,
  parseConversation,
  parseConversationItems,
  parseConversationUpdate,
} from "../../dialects/openai-responses/index.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { listIgnoredQuery, listQuery, parseQuery } from "../item-query.ts";
import { nameDialect } from "../name-dialect.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { showBudget } from "../show-budget.ts";
import { showIgnored } from "../show-ignored.ts";
import { responsesOf } from "./openai-responses-create.ts";

const one = z.object({ id: z.string() });
const itemOf = z.object({ id: z.string(), item: z.string() });
const noQuery = z.object({});

/** OpenAI's Conversations API: conversations and their items. */
export function openAiConversationsRoutes(deps: ServerDependencies): FastifyPluginCallback {
  const conversationsOf = (request: FastifyRequest) => responsesOf(deps, request).conversations;

  async function create(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { ignored, ...given } = parseConversation(request.body);
    showIgnored(reply, ignored);
    return encodeConversation(await conversationsOf(request).create(given));
  }

  async function retrieve(request: FastifyRequest): Promise<unknown> {
    return encodeConversation(await conversationsOf(request).retrieve(one.parse(request.params).id));
  }

  async function update(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { id } = one.parse(request.params);
    const { ignored, metadata } = parseConversationUpdate(request.body);
    showIgnored(reply, ignored);
    return encodeConversation(await conversationsOf(request).update(id, metadata));
  }

  async function remove(request: FastifyRequest): Promise<unknown> {
    const { id } = one.parse(request.params);
    await conversationsOf(request).delete(id);
    return encodeDeletedConversation(id);
  }

  async function addItems(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { id } = one.parse(request.params);
    const { ignored, items } = parseConversationItems(request.body);
    showIgnored(reply, [...ignored, ...listIgnoredQuery(noQuery, request)]);
    return encodeItemList(await conversationsOf(request).addItems(id, items), false);
  }

  async function listItems(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { id } = one.parse(request.params);
    const query = parseQuery(listQuery, request);
    showIgnored(reply, listIgnoredQuery(listQuery, request));
    const { items, hasMore } = await conversationsOf(request).listItems(id, query);
    return encodeItemList(items, hasMore);
  }

  async function retrieveItem(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { id, item } = itemOf.parse(request.params);
    showIgnored(reply, listIgnoredQuery(noQuery, request));
    return conversationsOf(request).retrieveItem(id, item);
  }

  async function removeItem(request: FastifyRequest): Promise<unknown> {
    const { id, item } = itemOf.parse(request.params);
    return encodeConversation(await conversationsOf(request).deleteItem(id, item));
  }

  return (app, _options, done) => {
    nameDialect(app, "openai-responses");
    setDialectErrors(app, encodeError);
    showBudget(app, deps, encodeCodexBudget);
    app.route({ method: "POST", url: "/v1/conversations", handler: create });
    app.route({ method: "GET", url: "/v1/conversations/:id", handler: retrieve });
    app.route({ method: "POST", url: "/v1/conversations/:id", handler: update });
    app.route({ method: "DELETE", url: "/v1/conversations/:id", handler: remove });
    app.route({ method: "POST", url: "/v1/conversations/:id/items", handler: addItems });
    app.route({ method: "GET", url: "/v1/conversations/:id/items", handler: listItems });
    app.route({ method: "GET", url: "/v1/conversations/:id/items/:item", handler: retrieveItem });
    app.route({ method: "DELETE", url: "/v1/conversations/:id/items/:item", handler: removeItem });
    done();
  };
}
