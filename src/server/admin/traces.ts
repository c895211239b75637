import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";

import { GatewayError, shorten } from "../../errors.ts";
import type { TraceStore } from "../../traces/trace-store.ts";
import { pageLimit, parseQuery } from "./parse-query.ts";

/** The query of the list. */
export const listQuery = z.object({ limit: pageLimit });

/** The routes of traces below `base`: a list, and one as the JSON file that a bug report wants. */
export function traceRoutes(app: FastifyInstance, base: string, traces: TraceStore): void {
  const list = async ({ query }: FastifyRequest) => ({
    object: "list",
    data: await traces.list(parseQuery(listQuery, query).limit),
  });
  app.route({ method: "GET", url: base, handler: list });
  app.get(`${base}/:id`, async (request: FastifyRequest<{ Params: { id: string } }>) => {
    const { id } = request.params;
    const trace = await traces.get(id);
    if (trace !== undefined) return trace;
    const shown = shorten(id);
    throw new GatewayError(
      "not-found",
      `There is no trace of the request '${shown}'. Traces are made for keys with \`trace\`, and for the operator's requests with \`x-trace: on\`; the oldest make room for new ones, and all go when the gateway ends.`,
      { param: "id", shouldRetry: false, sent: [shown] },
    );
  });
}
