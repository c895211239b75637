import type { Config } from "../config.ts";

/** Where a gateway with this configuration is reached from its own machine; no trailing slash. */
export function localUrl({ SERVER_ADDRESS: { host, port } }: Pick<Config, "SERVER_ADDRESS">): string {
  if (host === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (host === "::") return `http://[::1]:${port}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
