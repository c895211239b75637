import type { FastifyPluginCallback, FastifyRequest } from "fastify";

import { createAddressError } from "../../access/create-access.ts";
import { digestOf } from "../../access/key-secret.ts";
import { encodeOpenAiError } from "../../dialects/encode-openai-error.ts";
import { GatewayError } from "../../errors.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { givenKeys, keysInAddress } from "../given-keys.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { keyRoutes } from "./keys.ts";
import { ledgerRoutes } from "./ledger.ts";
import { traceRoutes } from "./traces.ts";

/**
 * The admin API, `/admin/v1`: keys, what they spent, what came of requests. It wants `ADMIN_TOKEN` and nothing else opens it; without one
 * it is closed.
 */
export function adminRoutes({
  config,
  keys,
  ledger,
  now,
  traces,
}: Pick<ServerDependencies, "config" | "keys" | "ledger" | "now" | "traces">): FastifyPluginCallback {
  const wanted = config.ADMIN_TOKEN === "" ? undefined : digestOf(config.ADMIN_TOKEN);
  return (app, _options, done) => {
    setDialectErrors(app, encodeOpenAiError);
    app.addHook("onRequest", (request, _reply, next) => next(findBar(request)));
    keyRoutes(app, "/admin/v1/keys", { service: keys, within: () => undefined });
    const isOn = config.LEDGER_DAYS > 0;
    ledgerRoutes(app, "/admin/v1", { ledger, listKeys: () => keys.list(), now, isOn });
    traceRoutes(app, "/admin/v1/traces", traces);
    done();
  };

  function findBar(request: FastifyRequest): GatewayError | undefined {
    if (wanted === undefined) {
      return new GatewayError(
        "forbidden",
        "The admin API is closed. Set ADMIN_TOKEN to open it to those who have it.",
        {
          shouldRetry: false,
        },
      );
    }
    if (keysInAddress(request).some((secret) => digestOf(secret) === wanted)) return createAddressError();
    const given = givenKeys(request);
    if (given.some((secret) => digestOf(secret) === wanted)) return undefined;
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
