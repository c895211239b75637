import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";

import {
  encodeError,
  encodePromptResponse,
  encodeResponse,
  parsePromptRequest,
  parseRequest,
} from "../../dialects/ollama-embeddings/index.ts";
import { findOllamaModel } from "../answer-ollama.ts";
import { clientSignal } from "../client-signal.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { nameDialect } from "../name-dialect.ts";
import type { RouteDependencies } from "../route-dependencies.ts";
import { showBudget } from "../show-budget.ts";
import { showIgnored } from "../show-ignored.ts";
import { answerEmbeddings } from "./openai-embeddings.ts";

type Parsed = ReturnType<typeof parseRequest>;

/** Vectors of no text, by nobody. */
const nothing = { vectors: [], usage: undefined };

/** True for a body of OpenAI's API, by a client whose base URL ends with `/api`. */
function isOpenAiBody(body: unknown): boolean {
  return typeof body === "object" && body !== null && "input" in body && !("prompt" in body);
}

/** Ollama's `POST /api/embed`, and its predecessor `POST /api/embeddings`. */
export function ollamaEmbeddingsRoutes(deps: RouteDependencies): FastifyPluginCallback {
  const { embeddings } = deps;

  async function find(request: FastifyRequest, reply: FastifyReply, parsed: Parsed) {
    const { facts } = request;
    showIgnored(reply, parsed.ignored);
    facts.stream = false;
    if (parsed.request === undefined) {
      await findOllamaModel(deps, request, reply, parsed.model);
      return nothing;
    }
    const answer = await embeddings.embed(parsed.request, { signal: clientSignal(reply), watch: facts });
    facts.usage = answer.usage;
    if (answer.usage.estimated) reply.header("x-usage-estimated", "true");
    return answer;
  }

  async function embed(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const parsed = parseRequest(request.body);
    const found = await find(request, reply, parsed);
    const elapsed = performance.now() - request.facts.begun;
    return reply.send(encodeResponse(found, { model: parsed.model, elapsed }));
  }

  async function embedPrompt(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (isOpenAiBody(request.body)) {
      request.facts.dialect = "openai-embeddings";
      return answerEmbeddings(deps, request, reply);
    }
    const found = await find(request, reply, parsePromptRequest(request.body));
    return reply.send(encodePromptResponse(found));
  }

  return (app, _options, done) => {
    nameDialect(app, "ollama-embeddings");
    setDialectErrors(app, encodeError);
    showBudget(app, deps);
    app.route({ method: "POST", url: "/api/embed", config: { asksModel: true }, handler: embed });
    app.route({ method: "POST", url: "/api/embeddings", config: { asksModel: true }, handler: embedPrompt });
    done();
  };
}
