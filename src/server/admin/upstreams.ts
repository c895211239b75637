import type { FastifyInstance } from "fastify";

import { clientSignal } from "../client-signal.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { encodeUpstream } from "../status/encode-status.ts";
import { createPaceReader } from "../status/read-pace.ts";

/** What the routes of upstreams are made from. */
export type UpstreamRouteSources = Pick<
  ServerDependencies,
  "activity" | "allowances" | "config" | "now" | "totals" | "tryUpstream"
>;

/** `<base>/{name}/try`: that the gateway looks at an upstream now. It answers with how that is then, as `GET /v1/status` shows upstreams. */
export function upstreamRoutes(app: FastifyInstance, base: string, sources: UpstreamRouteSources): void {
  const readPace = createPaceReader(sources);
  app.post<{ Params: { name: string } }>(`${base}/:name/try`, async (request, reply) => {
    const { name } = request.params;
    const signal = clientSignal(reply);
    const status = await sources.tryUpstream(name, signal);
    const [allowances, pace] = await Promise.all([sources.allowances(signal), readPace()]);
    const allowance = allowances.find((one) => one.name === name);
    return { object: "upstream", ...encodeUpstream(status, allowance, pace?.(name), sources.now()) };
  });
}
