import type { FastifyRequest } from "fastify";

type Given = Pick<FastifyRequest, "headers" | "query" | "originalUrl">;

/**
 * The keys that a request brings, wherever its client was made to put one: `Authorization: Bearer …`, `x-api-key`
 * (Anthropic), `api-key` (Azure), `x-goog-api-key` and the query's `key` (Gemini), `Authorization: Basic …` as of a URL with a user part, and
 * the path, for clients that have a field for nothing but an address. Some send one in several places, and
 * what another service wants in others.
 */
export function givenKeys({ headers, query, originalUrl }: Given): string[] {
  const { authorization = "" } = headers;
  const bearer = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  return [
    ...toTexts([bearer, headers["x-api-key"], headers["api-key"], headers["x-goog-api-key"]]),
    ...readBasic(authorization),
    ...keysInAddress({ query, originalUrl }),
  ];
}

/** Those of them that stand in the request's address, and so in the logs of all proxies on its way. */
export function keysInAddress({ query, originalUrl }: Omit<Given, "headers">): string[] {
  const inQuery: unknown =
    typeof query === "object" && query !== null ? Reflect.get(query, "key") : undefined;
  return toTexts([inQuery, splitKeyInPath(originalUrl).key]);
}

const keyInPath = /^\/+key\/+([^/?#]+)(?=[/?#]|$)/;

/** A URL without the key in front of its path (`/key/<key>/api/chat`), and that key as it was before it was encoded. */
export function splitKeyInPath(url: string): { readonly url: string; readonly key: string | undefined } {
  const [front = "", encoded] = keyInPath.exec(url) ?? [];
  if (encoded === undefined) return { url, key: undefined };
  const rest = url.slice(front.length);
  return { url: rest.startsWith("/") ? rest : `/${rest}`, key: decode(encoded) };
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // No key is written so; it will be unknown.
    return encoded;
  }
}

/** The password, or the user where there is none. Source: RFC 7617. */
function readBasic(authorization: string): string[] {
  const encoded = /^basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return [];
  const [user = "", ...password] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const key = password.join(":") || user;
  return key === "" ? [] : [key];
}

function toTexts(given: readonly unknown[]): string[] {
  return given.flat().filter((one) => typeof one === "string");
}
