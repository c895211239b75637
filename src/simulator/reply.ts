import type { IncomingHttpHeaders } from "node:http";

/** How a streamed body ends: properly, with the socket closed in the middle, or with the connection reset. */
export type Ending = "end" | "cut" | "reset";

/** A body that comes piece by piece; each piece is one HTTP chunk. */
export type Pieces = AsyncGenerator<string | Uint8Array, Ending, void>;

/** An HTTP reply as data. */
export interface HttpReply {
  readonly kind: "http";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | Pieces;
  /** Without the headers that the app adds to its own replies (redirects, pages of a CDN). */
  readonly bare?: boolean;
}

/** What becomes of a request: a reply, a closed or reset connection, silence until the client goes away, or mere bytes. */
export type Reply =
  | HttpReply
  | { readonly kind: "refuse" }
  | { readonly kind: "reset" }
  | { readonly kind: "hang" }
  | { readonly kind: "wire"; readonly bytes: Uint8Array | string; readonly open?: boolean };

/** A request with its body read. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** `undefined`: over the size that the app takes. */
  readonly body: Uint8Array | undefined;
  readonly clientAddress: string;
}

/** A JSON reply in the app's compact form. */
export function jsonReply(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  return {
    kind: "http",
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

/** An empty reply without a content type: wrong methods and unhandled errors. */
export function emptyReply(status: number): HttpReply {
  return { kind: "http", status, headers: {}, body: "" };
}

/** The 403 for a missing, malformed, expired or unknown session. */
export function sessionRefused(): HttpReply {
  return jsonReply(403, { success: false, message: "Unauthorized: Invalid session" });
}
