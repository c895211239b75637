import type { FastifyPluginCallback } from "fastify";

import { encodeOpenAiBudget } from "../../dialects/encode-budget.ts";
import { encodeUsage } from "../../dialects/encode-gateway-usage.ts";
import { clientSignal } from "../client-signal.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { encodeEdgeError } from "../encode-edge-error.ts";
import type { RouteDependencies } from "../route-dependencies.ts";

/** `GET /v1/usage`: what the upstreams allow and what is left of it, and what this gateway did since its start. */
export function usageRoutes({
  allowances,
  budget,
  totals,
  now,
}: Pick<RouteDependencies, "allowances" | "budget" | "totals" | "now">): FastifyPluginCallback {
  return (app, _options, done) => {
    setDialectErrors(app, encodeEdgeError);
    app.get("/v1/usage", async (_request, reply) => {
      const known = await allowances(clientSignal(reply));
      const left = budget();
      if (left !== undefined) reply.headers(encodeOpenAiBudget(left, now()));
      return encodeUsage(known, totals.totals(), now());
    });
    done();
  };
}
