import type { FastifyPluginCallback } from "fastify";
import { z } from "zod";

import { GatewayError } from "../../errors.ts";
import { parseQuery } from "../admin/parse-query.ts";
import { baseUrlOf } from "../base-url.ts";
import { clientSignal } from "../client-signal.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { encodeEdgeError } from "../encode-edge-error.ts";
import { givenKeys, keysInAddress } from "../given-keys.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { createStatus } from "./create-status.ts";
import { followStatus } from "./follow-status.ts";
import { spans, type SpanName } from "./spans.ts";

/** So many followers at once, of a process: each costs a look every second. */
const mostFollowers = 32;

// The names of `spans`.
const spanNames = Object.keys(spans) as SpanName[];

/** The query of both routes. */
export const statusQuery = z.object({
  span: z.enum(spanNames, `must be one of ${spanNames.join(", ")}`).default("24h"),
  // What `givenKeys` reads.
  key: z.unknown().optional(),
});

/**
 * `GET /v1/status`: how the gateway is and what it did, for whoever may ask models: all of it for the operator, and for anybody where no key is
 * wanted; for a key its own. `GET /v1/status/events` tells of it as it changes.
 */
export function statusRoutes(deps: ServerDependencies): FastifyPluginCallback {
  const { access, config, startTimer } = deps;
  let followers = 0;

  return (app, _options, done) => {
    setDialectErrors(app, encodeEdgeError);
    const look = createStatus(deps);

    app.get("/v1/status", async (request, reply) => {
      const { span } = parseQuery(statusQuery, request.query);
      const { caller } = request.facts;
      return look({ caller, span, baseUrl: baseUrlOf(request, config), signal: clientSignal(reply) });
    });

    app.get("/v1/status/events", async (request, reply) => {
      const { span } = parseQuery(statusQuery, request.query);
      if (followers >= mostFollowers) {
        const text = `${mostFollowers} programs follow the status already. Ask GET /v1/status now and then instead.`;
        throw new GatewayError("rate-limited", text, { retryAfterMs: 10_000 });
      }
      followers += 1;
      const [given, inAddress] = [givenKeys(request), keysInAddress(request)];
      const signal = clientSignal(reply);
      const baseUrl = baseUrlOf(request, config);
      try {
        await followStatus(reply, {
          // Asked each time: a key may be revoked meanwhile, or the first one be made.
          look: async () => look({ caller: await access.identify(given, inAddress), span, baseUrl, signal }),
          signal,
          config,
          startTimer,
        });
      } finally {
        followers -= 1;
      }
      return reply;
    });
    done();
  };
}
