import type { FastifyPluginCallback } from "fastify";

import { encodeOpenAiBudget } from "../../dialects/encode-budget.ts";
import { encodeUsage } from "../../dialects/encode-gateway-usage.ts";
import { clientSignal } from "../client-signal.ts";
import { describeKey } from "../admin/keys.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { encodeEdgeError } from "../encode-edge-error.ts";
import type { RouteDependencies } from "../route-dependencies.ts";

/**
 * `GET /v1/usage`: what the upstreams allow and what is left of it, and what this gateway did since its start. A key is told how its own
 * limits stand instead of what others did.
 */
export function usageRoutes({
  allowances,
  budget,
  keys,
  allTotals,
  now,
}: Pick<RouteDependencies, "allowances" | "budget" | "keys" | "allTotals" | "now">): FastifyPluginCallback {
  return (app, _options, done) => {
    setDialectErrors(app, encodeEdgeError);
    app.get("/v1/usage", async ({ facts }, reply) => {
      const known = await allowances(clientSignal(reply));
      const left = budget();
      if (left !== undefined) reply.headers(encodeOpenAiBudget(left, now()));
      const { caller } = facts;
      if (caller.kind !== "key") return encodeUsage(known, await allTotals(), now());
      return { ...encodeUsage(known, undefined, now()), key: await describeKey(keys, caller) };
    });
    done();
  };
}
