import type { FastifyInstance } from "fastify";

import { encodeOpenAiBudget, type EncodeBudget } from "../dialects/encode-budget.ts";
import type { RouteDependencies } from "./route-dependencies.ts";

/**
 * Puts what is left of the budget of the upstream that answered, or failed last, into the head of every answer of a plugin (`app` is
 * the plugin's own instance) to what was posted: only that can spend. Where none was asked it is the budget of the only one that has one. In OpenAI's headers, which scripts and proxies read whatever the API is, and in
 * those of `encode`, which clients of the plugin's dialect read.
 */
export function showBudget(
  app: FastifyInstance,
  { budget, now }: Pick<RouteDependencies, "budget" | "now">,
  encode?: EncodeBudget,
): void {
  app.addHook("onRequest", (request, _reply, done) => {
    // Asked when the head goes out: by then more may be known than when the request came.
    if (request.method === "POST") {
      request.facts.lateHeaders = () => {
        const { facts } = request;
        const known = budget(facts.attempts.at(-1)?.upstream ?? facts.upstream);
        return known === undefined ? {} : { ...encodeOpenAiBudget(known, now()), ...encode?.(known, now()) };
      };
    }
    done();
  });
  // Streams have their own way out, where the late headers are added, too.
  app.addHook("onSend", (request, reply, payload, done) => {
    reply.headers(request.facts.headersFor("told"));
    done(null, payload);
  });
}
