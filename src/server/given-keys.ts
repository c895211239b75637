import type { FastifyRequest } from "fastify";

/**
 * The keys that a request brings, wherever its client was made to put one: `Authorization: Bearer …`, `x-api-key`
 * (Anthropic), `api-key` (Azure), `x-goog-api-key` and the query's `key` (Gemini). Some send one in several places, and
 * what another service wants in others.
 */
export function givenKeys({ headers, query }: Pick<FastifyRequest, "headers" | "query">): string[] {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  return [
    ...toTexts([bearer, headers["x-api-key"], headers["api-key"], headers["x-goog-api-key"]]),
    ...keysInAddress({ query }),
  ];
}

/** Those of them that stand in the request's address, and so in the logs of all proxies on its way. */
export function keysInAddress({ query }: Pick<FastifyRequest, "query">): string[] {
  return typeof query === "object" && query !== null ? toTexts([Reflect.get(query, "key")]) : [];
}

function toTexts(given: readonly unknown[]): string[] {
  return given.flat().filter((one) => typeof one === "string");
}
