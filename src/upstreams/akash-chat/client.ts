import type { CallWatch } from "../../model/call-watch.ts";
import { createClient as createHttpClient } from "../http/create-client.ts";
import type { Reply } from "../http/exchange.ts";
import type { Repeats } from "../http/repeats.ts";
import { createUserAgent } from "../http/user-agent.ts";
import { encodeCookies } from "./cookies.ts";
import { names } from "./names.ts";
import type { AkashChatOptions } from "./options.ts";

/** A request below the base URL. */
export interface ClientRequest {
  readonly method: "GET" | "POST";
  /** Begins with a slash; query included. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: Uint8Array;
  /** The session cookie to send. */
  readonly token?: string | undefined;
  /** `chat` may think for long in silence, `short` may not. */
  readonly patience: "chat" | "short";
  /** As `AskOptions` has them. */
  readonly hasOthers?: boolean | undefined;
  readonly mayRepeat?: (() => boolean) | undefined;
  /** Of the caller's request that this one serves alone; others serve many. */
  readonly watch?: CallWatch | undefined;
}

/** Talks HTTP to one Akash Chat instance. */
export interface AkashClient {
  /**
   * Sends a request and resolves with the reply's head, whatever its status. Follows 307 and 308 with method and
   * body, within the same origin. Repeats a request as often as `repeatRules` say; never after the signal. Who
   * sends the same request again with another session hands over the same `repeats`.
   */
  send(request: ClientRequest, signal: AbortSignal, repeats?: Repeats): Promise<Reply>;
  close(): Promise<void>;
}

type Headers = Readonly<Record<string, string>>;

/** Small requests answer fast, but the upstream was seen to take 45 s when its own store is down. */
const shortTimeoutMs = 60_000;

/** Creates a client for `AKASH_BASE_URL`, path prefix included. Throws `ConfigError` when a proxy's URL is none. */
export function createClient(options: AkashChatOptions): AkashClient {
  const { config } = options;
  const base = new URL(config.AKASH_BASE_URL);
  const prefix = base.pathname.replace(/\/+$/, "");
  const client = createHttpClient({ ...options, origin: base.origin, names });
  const chatBodyTimeoutMs = Math.max(config.FIRST_BYTE_TIMEOUT_MS, config.IDLE_TIMEOUT_MS);
  const commonHeaders = {
    accept: "*/*",
    // Frames shall come as they are made; a coding would hold them back somewhere on the way.
    "accept-encoding": "identity",
    "user-agent": config.AKASH_USER_AGENT ?? createUserAgent(),
    referer: `${base.origin}${prefix}/`,
    ...Object.fromEntries(
      Object.entries(options.headers ?? {}).map(([header, value]) => [header.toLowerCase(), value]),
    ),
  };

  /** Those of a chat, which are the same for as long as the session. */
  let chatHeaders: { readonly token: string | undefined; readonly headers: Headers } | undefined;

  function encodeHeaders(request: ClientRequest): Headers {
    const headers: Record<string, string> = { ...commonHeaders, ...request.headers };
    if (request.body !== undefined) headers["content-type"] = "application/json";
    const cookies = encodeCookies(request.token, config.AKASH_COOKIE);
    if (cookies !== "") headers["cookie"] = cookies;
    return headers;
  }

  function headersOf(request: ClientRequest): Headers {
    const { token, body, headers } = request;
    if (body === undefined || headers !== undefined) return encodeHeaders(request);
    if (chatHeaders === undefined || chatHeaders.token !== token)
      chatHeaders = { token, headers: encodeHeaders(request) };
    return chatHeaders.headers;
  }

  return {
    send(request, signal, repeats) {
      const chat = request.patience === "chat";
      return client.send(
        {
          method: request.method,
          path: prefix + request.path,
          headers: headersOf(request),
          body: request.body,
          headersTimeoutMs: chat
            ? config.FIRST_BYTE_TIMEOUT_MS
            : Math.min(config.FIRST_BYTE_TIMEOUT_MS, shortTimeoutMs),
          bodyTimeoutMs: chat ? chatBodyTimeoutMs : Math.min(config.IDLE_TIMEOUT_MS, shortTimeoutMs),
          watch: request.watch,
        },
        signal,
        repeats,
      );
    },
    close: () => client.close(),
  };
}
