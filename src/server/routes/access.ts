import type { FastifyPluginCallback, FastifyRequest } from "fastify";

import type { Caller } from "../../access/caller.ts";
import { toGatewayError } from "../../errors.ts";
import { createAdminCheck } from "../admin/admin-check.ts";
import { encodeKey } from "../admin/key-schema.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { encodeEdgeError } from "../encode-edge-error.ts";
import { givenKeys } from "../given-keys.ts";
import type { RouteDependencies } from "../route-dependencies.ts";

/**
 * `GET /v1/access`: who the gateway takes the caller for, and what that one may see. It answers everybody, also who brings nothing or a
 * wrong key: so a program can find out whether it needs one before it asks for anything.
 */
export function accessRoutes({
  access,
  config,
}: Pick<RouteDependencies, "access" | "config">): FastifyPluginCallback {
  const admin = createAdminCheck(config.ADMIN_TOKEN);

  /** Rejects only while the keys can't be read. */
  async function identify(given: readonly string[]): Promise<Caller | string> {
    try {
      return await access.identify(given);
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (error.kind === "unauthenticated") return error.message;
      throw error;
    }
  }

  async function tellAccess(request: FastifyRequest) {
    const given = givenKeys(request);
    const found = await identify(given);
    const caller = typeof found === "string" ? undefined : found;
    return {
      object: "access",
      caller: caller?.kind ?? null,
      open: access.isOpen,
      // Who is let in by it: a token in a wrong place is none.
      admin: caller?.kind === "operator" && admin.isAdmin(given),
      admin_api: !admin.isClosed,
      ledger: config.LEDGER_DAYS > 0,
      key: caller?.kind === "key" ? encodeKey(caller.key) : null,
      reason: typeof found === "string" ? found : null,
    };
  }

  return (app, _options, done) => {
    setDialectErrors(app, encodeEdgeError);
    app.route({ method: "GET", url: "/v1/access", config: { public: true }, handler: tellAccess });
    done();
  };
}
