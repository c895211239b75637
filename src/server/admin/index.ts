import type { FastifyPluginCallback, FastifyRequest } from "fastify";

import { createAddressError } from "../../access/create-access.ts";
import { encodeOpenAiError } from "../../dialects/encode-openai-error.ts";
import { GatewayError } from "../../errors.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { givenKeys, keysInAddress } from "../given-keys.ts";
import { createAdminCheck } from "./admin-check.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { keyRoutes } from "./keys.ts";
import { ledgerRoutes } from "./ledger.ts";
import { nextTraceRoutes } from "./next-trace.ts";
import { traceRoutes } from "./traces.ts";
import { upstreamRoutes, type UpstreamRouteSources } from "./upstreams.ts";

/**
 * The admin API, `/admin/v1`: keys, what they spent, what came of requests. It wants `ADMIN_TOKEN` and nothing else opens it; without one
 * it is closed.
 */
export function adminRoutes(
  deps: Pick<ServerDependencies, "keys" | "ledger" | "traces" | "traceWishes"> & UpstreamRouteSources,
): FastifyPluginCallback {
  const { config, keys, ledger, now, traces, traceWishes } = deps;
  const check = createAdminCheck(config.ADMIN_TOKEN);
  return (app, _options, done) => {
    setDialectErrors(app, encodeOpenAiError);
    app.addHook("onRequest", (request, _reply, next) => next(findBar(request)));
    keyRoutes(app, "/admin/v1/keys", { service: keys, within: () => undefined });
    const isOn = config.LEDGER_DAYS > 0;
    ledgerRoutes(app, "/admin/v1", { ledger, listKeys: () => keys.list(), now, isOn });
    traceRoutes(app, "/admin/v1/traces", traces);
    nextTraceRoutes(app, "/admin/v1/traces/next", { wishes: traceWishes, keys });
    upstreamRoutes(app, "/admin/v1/upstreams", deps);
    done();
  };

  function findBar(request: FastifyRequest): GatewayError | undefined {
    if (check.isClosed) {
      return new GatewayError(
        "forbidden",
        "The admin API is closed. Set ADMIN_TOKEN to open it to those who have it.",
        {
          shouldRetry: false,
        },
      );
    }
    if (check.isAdmin(keysInAddress(request))) return createAddressError();
    const given = givenKeys(request);
    if (check.isAdmin(given)) return undefined;
    const words = given.length === 0 ? "The admin token is missing" : "The admin token is wrong";
    return new GatewayError(
      "unauthenticated",
      `${words}. Send ADMIN_TOKEN as 'Authorization: Bearer <token>'.`,
      {
        shouldRetry: false,
      },
    );
  }
}
