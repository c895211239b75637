import type { FastifyRequest } from "fastify";

/**
 * The keys that a request brings, wherever its client was made to put one: `Authorization: Bearer …`, `x-api-key`
 * (Anthropic), `api-key` (Azure), `x-goog-api-key` and the query's `key` (Gemini). Some send one in several places, and
 * what another service wants in others.
 */
export function givenKeys({ headers, query }: FastifyRequest): string[] {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  const key: unknown = typeof query === "object" && query !== null ? Reflect.get(query, "key") : undefined;
  return [bearer, headers["x-api-key"], headers["api-key"], headers["x-goog-api-key"], key]
    .flat()
    .filter((given) => typeof given === "string");
}
