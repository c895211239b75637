import type { FastifyInstance } from "fastify";

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
        ...(facts.model === undefined ? {} : { model: facts.model }),
        ...(facts.stream === undefined ? {} : { stream: facts.stream }),
        ...(facts.usage === undefined
          ? {}
          : {
              inputTokens: facts.usage.inputTokens,
              outputTokens: facts.usage.outputTokens,
              estimated: facts.usage.estimated,
            }),
        ...(facts.ignored === undefined || facts.ignored.length === 0 ? {} : { ignored: facts.ignored }),
        ...(facts.error === undefined ? {} : { error: facts.error }),
        ...(failed ? { err: facts.cause } : {}),
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
