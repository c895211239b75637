import type { FastifyPluginCallback } from "fastify";

import * as dialect from "../../dialects/ollama-chat/index.ts";
import { answerOllama } from "../answer-ollama.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { fillModel } from "../fill-model.ts";
import { nameDialect } from "../name-dialect.ts";
import type { RouteDependencies } from "../route-dependencies.ts";
import { showBudget } from "../show-budget.ts";

/** Ollama's `POST /api/chat`. */
export function ollamaChatRoutes(deps: RouteDependencies): FastifyPluginCallback {
  return (app, _options, done) => {
    nameDialect(app, "ollama-chat");
    setDialectErrors(app, dialect.encodeError);
    showBudget(app, deps);
    fillModel(app, deps.config);
    app.route({
      method: "POST",
      url: "/api/chat",
      config: { asksModel: true },
      handler: (request, reply) => answerOllama(deps, request, reply, dialect),
    });
    done();
  };
}
