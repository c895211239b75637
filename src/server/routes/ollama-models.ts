import { createHash } from "node:crypto";

import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import { checkModel, findModelBar } from "../../access/caller.ts";
import { encodeOllamaError } from "../../dialects/encode-ollama-error.ts";
import { encodeOllamaModel, encodeOllamaTags, ollamaVersion } from "../../dialects/encode-ollama-models.ts";
import { findIgnored } from "../../dialects/find-ignored.ts";
import { parseBody } from "../../dialects/parse-body.ts";
import type { ShownModel } from "../../dialects/shown-model.ts";
import { GatewayError } from "../../errors.ts";
import type { ListedModel } from "../../model/leg.ts";
import { encodeNdjson, ndjsonType } from "../../stream/ndjson.ts";
import { findOllamaModel } from "../answer-ollama.ts";
import { clientSignal } from "../client-signal.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import type { RouteDependencies } from "../route-dependencies.ts";
import { showBudget } from "../show-budget.ts";
import { showIgnored } from "../show-ignored.ts";
import { pullSchema, showSchema } from "./ollama-models-schema.ts";

const noOthers: ReadonlySet<string> = new Set();

/** What would change the models, by method and path. */
const changes = [
  ["POST", "/api/create"],
  ["POST", "/api/copy"],
  ["DELETE", "/api/delete"],
  ["POST", "/api/push"],
  ["POST", "/api/blobs/:digest"],
] as const;

/** The models, as Ollama tells of them. Those here are the upstreams': nobody can change them. */
export function ollamaModelsRoutes(
  deps: Pick<RouteDependencies, "budget" | "chat" | "now">,
): FastifyPluginCallback {
  const { chat } = deps;
  const toShown = (model: ListedModel): ShownModel => ({ model, canSee: chat.canSee(model) });

  async function pull(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { model, stream = true, others } = parseBody(pullSchema, request.body);
    showIgnored(reply, findIgnored(others, noOthers));
    await findOllamaModel(deps, request, reply, model);
    const done = { status: "success" };
    // One line, or one object: some clients read no second one.
    return stream ? reply.type(ndjsonType).send(encodeNdjson(JSON.stringify(done))) : reply.send(done);
  }

  return (app, _options, done) => {
    setDialectErrors(app, encodeOllamaError);
    showBudget(app, deps);

    // Says nothing of this gateway, and clients ask for it before they know a key.
    app.route({
      method: "GET",
      url: "/api/version",
      config: { public: true },
      handler: () => Promise.resolve({ version: ollamaVersion }),
    });
    app.get("/api/tags", async (request, reply) => {
      const { caller } = request.facts;
      const models = await chat.listModels(clientSignal(reply));
      const allowed = models.filter((model) => findModelBar(caller, model) === undefined);
      return encodeOllamaTags(allowed.map(toShown), digestOf);
    });
    app.post("/api/show", async (request, reply) => {
      const { model: name, others } = parseBody(showSchema, request.body);
      showIgnored(reply, findIgnored(others, noOthers));
      const model = await chat.showModel(name, clientSignal(reply));
      checkModel(request.facts.caller, model);
      return encodeOllamaModel(toShown(model));
    });
    // Which of them are in their servers' memory, and for how long, is not known.
    app.get("/api/ps", () => Promise.resolve({ models: [] }));
    app.route({ method: "POST", url: "/api/pull", handler: pull });
    app.head("/api/blobs/:digest", (_request, reply) => reply.code(404).send());
    for (const [method, url] of changes) {
      // Before the body, which may be a whole model.
      app.route({ method, url, onRequest: refuse, handler: refuse });
    }
    done();
  };
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function refuse(): Promise<never> {
  const text =
    "The models here are those of the gateway's upstreams: they can't be created, copied, deleted or pushed. " +
    "Its operator gives them other names by MODEL_ALIASES.";
  return Promise.reject(new GatewayError("forbidden", text, { shouldRetry: false }));
}
