import type { FastifyPluginCallback } from "fastify";

import type { MetricsPage } from "../../telemetry/metrics-page.ts";

/** `GET /metrics` on the gateway's own port; without a page there is no such route. */
export function metricsRoutes({
  metricsPage,
}: {
  readonly metricsPage: MetricsPage | undefined;
}): FastifyPluginCallback {
  return (app, _options, done) => {
    if (metricsPage !== undefined) {
      app.get("/metrics", async (request, reply) => {
        const { status, headers, body } = await metricsPage.answer(request.headers.authorization);
        return reply.code(status).headers(headers).send(body);
      });
    }
    done();
  };
}
