import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";

import { encodeError, encodeResponse, parseRequest } from "../../dialects/openai-embeddings/index.ts";
import { clientSignal } from "../client-signal.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { nameDialect } from "../name-dialect.ts";
import type { RouteDependencies } from "../route-dependencies.ts";
import { showBudget } from "../show-budget.ts";
import { showIgnored } from "../show-ignored.ts";

/** Answers a request for vectors as OpenAI does. */
export async function answerEmbeddings(
  { embeddings }: Pick<RouteDependencies, "embeddings">,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  embeddings.checkOffered();
  const { facts } = request;
  const parsed = parseRequest(request.body);
  showIgnored(reply, parsed.ignored);
  facts.stream = false;
  const answer = await embeddings.embed(parsed.request, { signal: clientSignal(reply), watch: facts });
  facts.usage = answer.usage;
  if (answer.usage.estimated) reply.header("x-usage-estimated", "true");
  return reply.send(encodeResponse(answer, parsed.encoding));
}

/** `POST /v1/embeddings`. */
export function openAiEmbeddingsRoutes(deps: RouteDependencies): FastifyPluginCallback {
  return (app, _options, done) => {
    nameDialect(app, "openai-embeddings");
    setDialectErrors(app, encodeError);
    showBudget(app, deps);
    app.route({
      method: "POST",
      url: "/v1/embeddings",
      config: { asksModel: true },
      handler: (request, reply) => answerEmbeddings(deps, request, reply),
    });
    done();
  };
}
