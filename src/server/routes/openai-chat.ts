import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";

import {
  createStreamEncoder,
  createChoicesEncoder,
  encodeResponse,
  encodeError,
  parseRequest,
} from "../../dialects/openai-chat/index.ts";
import type { EventBatch } from "../../model/events.ts";
import type { Source } from "../../stream/source.ts";
import { collectChoices, sendChoices, toChoices } from "../answer-choices.ts";
import { baseUrlOf } from "../base-url.ts";
import { clientSignal } from "../client-signal.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { fillModel } from "../fill-model.ts";
import { nameDialect } from "../name-dialect.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { sendEvents } from "../send-events.ts";
import { showBudget } from "../show-budget.ts";
import { readWishes } from "../read-wishes.ts";
import { showIgnored } from "../show-ignored.ts";
import { answerInChunks, asksForChunks } from "./openai-responses-in-chunks.ts";
import { answerResponses } from "./openai-responses-create.ts";

/** True for a body of the Responses API. */
function isResponsesBody(body: unknown): body is object {
  return typeof body === "object" && body !== null && "input" in body && !("messages" in body);
}

/** `POST /v1/chat/completions`. */
export function openAiChatRoutes(deps: ServerDependencies): FastifyPluginCallback {
  const { config, chat, newId, now } = deps;

  async function complete(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (isResponsesBody(request.body)) {
      request.facts.dialect = "openai-responses";
      return asksForChunks(request.body)
        ? answerInChunks(deps, request, reply)
        : answerResponses(deps, request, reply, { background: "refused" });
    }

    const parsed = parseRequest(request.body);
    const asked = { ...parsed.request, ...readWishes(request.headers) };
    showIgnored(reply, parsed.ignored, parsed.spellings);
    const signal = clientSignal(reply);
    const baseUrl = baseUrlOf(request, config);
    const { includeUsage, legacyFunctions, customTools, choices } = parsed;
    const created = Math.floor(now() / 1000);
    const identity = { id: newId("chatcmpl-"), created, legacyFunctions, customTools };
    const requests = toChoices(asked, choices);

    if (!parsed.stream) {
      const answers = await collectChoices(reply, chat, requests, { signal, baseUrl });
      if (answers.some(({ usage }) => usage.estimated)) reply.header("x-usage-estimated", "true");
      return reply.send(encodeResponse(answers, identity));
    }
    const { model } = asked;
    if (choices === 1) {
      const context = { signal, baseUrl, watch: request.facts };
      const events: Source<EventBatch> = (sink) => chat.complete(asked, context, sink);
      const encoder = createStreamEncoder({ ...identity, includeUsage, model });
      await sendEvents(reply, { events, encoder, config, signal });
    } else {
      const encoder = createChoicesEncoder(choices, { ...identity, includeUsage, model });
      await sendChoices(reply, chat, requests, { encoder, config, signal, baseUrl });
    }
    return reply;
  }

  return (app, _options, done) => {
    nameDialect(app, "openai-chat");
    setDialectErrors(app, encodeError);
    showBudget(app, deps);
    fillModel(app, config);
    app.route({
      method: "POST",
      url: "/v1/chat/completions",
      config: { asksModel: true },
      handler: complete,
    });
    done();
  };
}
