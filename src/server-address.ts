/** A host and a port to listen on or to connect to; IPv6 without brackets. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** What `SERVER_ADDRESS` is when nobody sets it. */
export const defaultServerAddress = "localhost:16571";

/**
 * Reads `localhost:16571`, `:80`, `[::1]:8080`; `undefined` if it is no such text. Port 0 takes a free one. It needs no
 * package, so that a health check costs no more than Node's own start.
 */
export function parseServerAddress(text: string): ServerAddress | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]\s]*):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) return undefined;
  return { host: (match[1] ?? "").replace(/^\[|\]$/g, "") || "localhost", port };
}
