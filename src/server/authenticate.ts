import { createHash, timingSafeEqual } from "node:crypto";

import type { FastifyInstance, FastifyRequest } from "fastify";

import { GatewayError } from "../errors.ts";

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** The token that a request brings: `Authorization: Bearer …`, or `x-api-key` as Anthropic's clients send it. */
function givenToken(request: FastifyRequest): string | undefined {
  const { authorization, "x-api-key": apiKey } = request.headers;
  const bearer = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
  return bearer ?? (typeof apiKey === "string" ? apiKey : undefined);
}

/**
 * The route's own path decides, because a URL can be spelled in many ways (`/%761/models`). Where no route was
 * found there is only the URL, and nothing to protect.
 */
function isGuarded(request: FastifyRequest): boolean {
  const { url, config } = request.routeOptions;
  return config.public !== true && /^\/+v1(?:[/?]|$)/.test(url ?? request.url);
}

/**
 * Asks for `token` on every route under `/v1`, known or not, except routes with `config.public`. An empty
 * token asks for nothing. Failures are kind `unauthenticated`, in the dialect of the route.
 */
export function authenticate(app: FastifyInstance, token: string): void {
  if (token === "") return;
  const wanted = digest(token);
  app.addHook("onRequest", async (request, reply) => {
    if (!isGuarded(request)) return;
    const given = givenToken(request);
    // Equal digests instead of equal texts: the time tells neither the length nor a common beginning.
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return;
    reply.header("www-authenticate", "Bearer");
    throw new GatewayError(
      "unauthenticated",
      given === undefined
        ? "An API key is missing. Send this gateway's BEARER_TOKEN as 'Authorization: Bearer <token>'."
        : "The API key is wrong. Send this gateway's BEARER_TOKEN as 'Authorization: Bearer <token>'.",
      { shouldRetry: false },
    );
  });
}
