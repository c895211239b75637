import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { anybody, checkDialect, type Caller } from "../access/caller.ts";
import { givenKeys, keysInAddress } from "./given-keys.ts";
import type { ServerDependencies } from "./route-dependencies.ts";
import { beginTrace } from "./trace-requests.ts";

/**
 * The route's own path decides, because a URL can be spelled in many ways (`/%761/models`). Where no route was
 * found there is only the URL, and nothing to protect.
 */
function isGuarded(request: FastifyRequest): boolean {
  const { url, config } = request.routeOptions;
  return config.public !== true && /^\/+(?:v1(?:beta)?|api)(?:[/?]|$)/.test(url ?? request.url);
}

/**
 * Says who asks, on every route under `/v1`, `/v1beta` and `/api`, known or not, except routes with `config.public`: gives a request's facts their caller and
 * gate, and their trace where one is wanted. Failures are kind `unauthenticated`, or `forbidden` for an API that the key may not use, in the dialect of the route.
 */
export function authenticate(
  app: FastifyInstance,
  { access, ...means }: Pick<ServerDependencies, "access" | "newId" | "now" | "traceWishes">,
): void {
  /** Throws kind `forbidden`. */
  function letIn(request: FastifyRequest, reply: FastifyReply, caller: Caller): void {
    const { facts } = request;
    // First, so that the ledger knows whom it was refused.
    facts.caller = caller;
    checkDialect(caller, facts.dialect);
    facts.gate = access.gateFor(caller, () => facts.dialect);
    beginTrace(request, reply, means);
  }

  async function askWho(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    letIn(request, reply, await access.identify(givenKeys(request), keysInAddress(request)));
  }

  // A hook ends by `done` or by its promise.
  app.addHook("onRequest", (request, reply, done) => {
    // Most gateways are their owner's alone: then nothing is looked for, and nothing waited for.
    if (isGuarded(request) && !access.isOpen) return askWho(request, reply);
    if (isGuarded(request)) letIn(request, reply, anybody);
    done();
    return undefined;
  });
}
