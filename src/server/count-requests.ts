import type { FastifyInstance } from "fastify";

import type { TotalsKeeper } from "./create-totals-keeper.ts";
import { whenOver } from "./when-over.ts";

/** The routes that ask a model. */
const asking: ReadonlySet<string> = new Set([
  "/v1/chat/completions",
  "/v1/completions",
  "/v1/responses",
  "/v1/responses/compact",
  "/v1/messages",
  "/v1/images/generations",
]);

/** Counts the requests that ask a model, once each has ended. */
export function countRequests(app: FastifyInstance, keeper: TotalsKeeper): void {
  app.addHook("onRequest", (request, reply, done) => {
    if (request.method === "POST" && asking.has(request.routeOptions.url ?? "")) {
      whenOver(reply.raw, () => keeper.addRequest(request.facts));
    }
    done();
  });
}
