import type { ServerAddress } from "../server-address.ts";

/** Where a gateway that listens at this address is reached from its own machine; no trailing slash. */
export function localUrl({
  SERVER_ADDRESS: { host, port },
}: {
  readonly SERVER_ADDRESS: ServerAddress;
}): string {
  if (host === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (host === "::") return `http://[::1]:${port}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
