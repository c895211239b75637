import { createHash, timingSafeEqual } from "node:crypto";

import type { FastifyInstance, FastifyRequest } from "fastify";

import { GatewayError } from "../errors.ts";

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/**
 * The keys that a request brings, wherever its client was made to put one: `Authorization: Bearer …`, `x-api-key`
 * (Anthropic), `api-key` (Azure), `x-goog-api-key` and the query's `key` (Gemini). Some send one in several places, and
 * what another service wants in others.
 */
function givenKeys({ headers, query }: FastifyRequest): string[] {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  const key: unknown = typeof query === "object" && query !== null ? Reflect.get(query, "key") : undefined;
  return [bearer, headers["x-api-key"], headers["api-key"], headers["x-goog-api-key"], key]
    .flat()
    .filter((given) => typeof given === "string");
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
    const given = givenKeys(request);
    // Equal digests instead of equal texts: the time tells neither the length nor a common beginning.
    if (given.some((key) => timingSafeEqual(digest(key), wanted))) return;
    reply.header("www-authenticate", "Bearer");
    throw new GatewayError(
      "unauthenticated",
      given.length === 0
        ? "An API key is missing. Send this gateway's BEARER_TOKEN as 'Authorization: Bearer <token>'."
        : "The API key is wrong. Send this gateway's BEARER_TOKEN as 'Authorization: Bearer <token>'.",
      { shouldRetry: false },
    );
  });
}
