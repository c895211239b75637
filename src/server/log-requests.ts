import type { FastifyInstance } from "fastify";

import { toLogFields } from "./answer-facts.ts";

/**
 * One line for each request: route, status, duration, model and tokens. Never headers, bodies or queries
 * (signed links carry their signature there).
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    const start = performance.now();
    // Not `onResponse`, which says nothing of clients that left.
    reply.raw.once("close", () => {
      const { facts, method } = request;
      const route = request.routeOptions.url ?? (request.url.split("?", 1)[0] ?? "").slice(0, 200);
      const left = !reply.raw.writableFinished;
      const failed = facts.error !== undefined && facts.error !== "aborted";
      const line = {
        method,
        route,
        status: left && !reply.raw.headersSent ? 499 : reply.raw.statusCode,
        ms: Math.round(performance.now() - start),
        ...(left ? { clientLeft: true } : {}),
        ...toLogFields(facts),
      };
      const text = `${method} ${route}`;
      if (failed && (line.status >= 500 || line.status === 200)) request.log.error(line, text);
      else if (failed) request.log.warn(line, text);
      else if (route === "/health") request.log.debug(line, text);
      else request.log.info(line, text);
    });
    done();
  });
}
