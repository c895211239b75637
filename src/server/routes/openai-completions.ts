import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";

import {
  createChoicesEncoder,
  encodeError,
  encodeResponse,
  parseRequest,
} from "../../dialects/openai-completions/index.ts";
import { collectChoices, sendChoices, toChoices } from "../answer-choices.ts";
import { baseUrlOf } from "../base-url.ts";
import { clientSignal } from "../client-signal.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { fillModel } from "../fill-model.ts";
import { nameDialect } from "../name-dialect.ts";
import type { RouteDependencies } from "../route-dependencies.ts";
import { showBudget } from "../show-budget.ts";
import { showIgnored } from "../show-ignored.ts";

/** `POST /v1/completions`, the legacy API. */
export function openAiCompletionsRoutes(deps: RouteDependencies): FastifyPluginCallback {
  const { config, chat, newId, now } = deps;

  async function complete(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const parsed = parseRequest(request.body);
    showIgnored(reply, parsed.ignored, parsed.spellings);
    const signal = clientSignal(reply);
    const baseUrl = baseUrlOf(request, config);
    const { choices, echo, includeUsage } = parsed;
    const identity = { id: newId("cmpl-"), created: Math.floor(now() / 1000), choices, echo };
    const requests = parsed.requests.flatMap((prompt) => toChoices(prompt, choices));

    if (!parsed.stream) {
      const answers = await collectChoices(reply, chat, requests, { signal, baseUrl });
      if (answers.some(({ usage }) => usage.estimated)) reply.header("x-usage-estimated", "true");
      return reply.send(encodeResponse(answers, identity));
    }
    const model = requests[0]?.model ?? "";
    const encoder = createChoicesEncoder(requests.length, { ...identity, includeUsage, model });
    await sendChoices(reply, chat, requests, { config, signal, encoder, baseUrl });
    return reply;
  }

  return (app, _options, done) => {
    nameDialect(app, "openai-completions");
    setDialectErrors(app, encodeError);
    showBudget(app, deps);
    fillModel(app, config);
    app.route({ method: "POST", url: "/v1/completions", config: { asksModel: true }, handler: complete });
    done();
  };
}
