import type { FastifyRequest } from "fastify";

import type { Config } from "../config.ts";

const hostPattern = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** The first value of a header that proxies append to. */
function first(header: string | string[] | undefined): string {
  const text = Array.isArray(header) ? (header[0] ?? "") : (header ?? "");
  return (text.split(",", 1)[0] ?? "").trim();
}

/**
 * Where the client reaches the gateway, without a trailing slash: `PUBLIC_URL`, or what the request says
 * (`X-Forwarded-Proto` and `X-Forwarded-Host` of a proxy, then `Host`). It only makes links in the answer to
 * that same client, so a client that lies about its host misleads nobody else.
 */
export function baseUrlOf(request: FastifyRequest, config: Config): string {
  if (config.PUBLIC_URL !== undefined) return config.PUBLIC_URL;
  const { headers } = request;
  const scheme = first(headers["x-forwarded-proto"]).toLowerCase() === "https" ? "https" : "http";
  const host = [first(headers["x-forwarded-host"]), headers.host ?? ""].find((name) =>
    hostPattern.test(name),
  );
  const { host: ownHost, port } = config.SERVER_ADDRESS;
  return `${scheme}://${host ?? `${ownHost.includes(":") ? `[${ownHost}]` : ownHost}:${port}`}`;
}
