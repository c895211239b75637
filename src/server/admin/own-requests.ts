import type { FastifyPluginCallback } from "fastify";

import { ownerOf } from "../../access/caller.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { encodeEdgeError } from "../encode-edge-error.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { requestRoutes } from "./ledger.ts";

/**
 * `/v1/requests`: what came of requests, for whoever may see the status: all of it for the operator, and for anybody where no key is wanted;
 * for a key its own.
 */
export function ownRequestRoutes({
  config,
  ledger,
  now,
}: Pick<ServerDependencies, "config" | "ledger" | "now">): FastifyPluginCallback {
  return (app, _options, done) => {
    setDialectErrors(app, encodeEdgeError);
    // The filter of that name is the id of a key; a key itself may come so, too.
    app.addHook("preValidation", (request, _reply, next) => {
      const { query } = request;
      if (typeof query === "object" && query !== null && "key" in query && !isFilter(query.key))
        delete query.key;
      next();
    });
    requestRoutes(app, "/v1", {
      ledger,
      now,
      isOn: config.LEDGER_DAYS > 0,
      within: ({ facts }) => ownerOf(facts.caller),
    });
    done();
  };
}

function isFilter(key: unknown): boolean {
  return typeof key === "string" && /^(?:none$|key_)/.test(key);
}
