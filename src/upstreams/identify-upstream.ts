import { createHash } from "node:crypto";
import { hostname } from "node:os";

import { isLoopback } from "./http/is-loopback.ts";
import { isWebChat, type UpstreamEntry } from "./upstream-entry.ts";

/**
 * By what gateways know that they spend of one allowance, whatever they call the upstream: the same server, the same account there, and the same
 * address of their own, which the operator names (`egress`) where there are several. A digest: it tells no secret.
 */
export function identifyUpstream(entry: UpstreamEntry, egress: string | undefined): string {
  const { baseUrl, headers } = entry;
  const identity = [
    baseUrl,
    isWebChat(entry) ? [entry.accessToken, entry.cookie] : [entry.apiKey],
    Object.entries(headers).toSorted(([one], [other]) => (one < other ? -1 : 1)),
    egress,
    // Another machine's is another server.
    isLoopback(new URL(baseUrl).hostname) ? hostname() : undefined,
  ];
  return createHash("sha256").update(JSON.stringify(identity)).digest("base64url");
}

/** The same for the one of that name. One that stands in no configuration is known by its name. */
export function identifyByName(
  name: string,
  entries: readonly UpstreamEntry[],
  egress: string | undefined,
): string {
  const entry = entries.find((one) => one.name === name);
  return entry === undefined ? name : identifyUpstream(entry, egress);
}
