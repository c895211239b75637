import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";

import { Agent, EnvHttpProxyAgent, type Dispatcher } from "undici";

import { ConfigError } from "../../config.ts";
import { GatewayError } from "../../errors.ts";
import { pause } from "./abort.ts";
import { encodeCookies } from "./cookies.ts";
import { exchange, type Reply } from "./exchange.ts";
import { type AkashChatOptions, startRealTimer } from "./options.ts";
import { createUserAgent } from "./user-agent.ts";

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
}

/** Talks HTTP to one Akash Chat instance. */
export interface AkashClient {
  /**
   * Sends a request and resolves with the reply's head, whatever its status. Follows 307 and 308 with method and
   * body, within the same origin. Repeats a request whose connection failed, or that a proxy in front
   * answered with 502, 503 or 504, at most twice; never after the signal.
   */
  send(request: ClientRequest, signal: AbortSignal): Promise<Reply>;
  close(): Promise<void>;
}

/** The upstream closes idle connections after 5 s: ours must be gone before. */
const keepAliveMs = 4000;
/** Small requests answer fast, but the upstream was seen to take 45 s when its own store is down. */
const shortTimeoutMs = 60_000;
const connectTimeoutMs = 10_000;
const maxRedirects = 3;
const maxRetries = 2;
const retryStepMs = 400;
const gatewayStatuses = new Set([502, 503, 504]);

/** Creates a client for `AKASH_BASE_URL`, path prefix included. Throws `ConfigError` when a proxy's URL is none. */
export function createClient(options: AkashChatOptions): AkashClient {
  const { config, log } = options;
  const base = new URL(config.AKASH_BASE_URL);
  const prefix = base.pathname.replace(/\/+$/, "");
  const random = options.random ?? Math.random;
  const startTimer = options.startTimer ?? startRealTimer;
  const dispatcher = createDispatcher(base, options);
  const chatBodyTimeoutMs = Math.max(config.FIRST_BYTE_TIMEOUT_MS, config.IDLE_TIMEOUT_MS);
  const commonHeaders = {
    accept: "*/*",
    "user-agent": config.AKASH_USER_AGENT ?? createUserAgent(),
    referer: `${base.origin}${prefix}/`,
  };

  function encodeHeaders(request: ClientRequest): Record<string, string> {
    const headers: Record<string, string> = { ...commonHeaders, ...request.headers };
    if (request.body !== undefined) headers["content-type"] = "application/json";
    const cookies = encodeCookies(request.token, config.AKASH_COOKIE);
    if (cookies !== "") headers["cookie"] = cookies;
    return headers;
  }

  async function sendFollowing(request: ClientRequest, signal: AbortSignal): Promise<Reply> {
    const headers = encodeHeaders(request);
    const chat = request.patience === "chat";
    let path = prefix + request.path;
    for (let hops = 0; ; hops += 1) {
      const reply = await exchange(
        dispatcher,
        {
          origin: base.origin,
          path,
          method: request.method,
          headers,
          body: request.body,
          headersTimeoutMs: chat
            ? config.FIRST_BYTE_TIMEOUT_MS
            : Math.min(config.FIRST_BYTE_TIMEOUT_MS, shortTimeoutMs),
          bodyTimeoutMs: chat ? chatBodyTimeoutMs : Math.min(config.IDLE_TIMEOUT_MS, shortTimeoutMs),
        },
        signal,
      );
      if (reply.status !== 307 && reply.status !== 308) return reply;
      reply.discard();
      path = parseLocation(reply.header("location"), base.origin + path, hops);
    }
  }

  return {
    async send(request, signal) {
      for (let tries = 0; ; tries += 1) {
        let problem: string;
        try {
          const reply = await sendFollowing(request, signal);
          if (tries >= maxRetries || !isPassingTrouble(reply)) return reply;
          reply.discard();
          problem = `status ${reply.status}`;
        } catch (error) {
          if (tries >= maxRetries || !isConnectionTrouble(error)) throw error;
          problem = error.message;
        }
        log.debug({ path: request.path, problem }, "asking Akash Chat once more");
        await pause(random() * retryStepMs * (tries + 1), signal, startTimer);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

/** A broken connection is worth another try; what `shouldRetry: false` marks (DNS, TLS, a refusing proxy) is not. */
function isConnectionTrouble(error: unknown): error is GatewayError {
  return (
    error instanceof GatewayError && error.kind === "upstream-unavailable" && error.shouldRetry !== false
  );
}

/** Trouble of a proxy in front; the application itself answers JSON or plain text. A challenge stays a challenge. */
function isPassingTrouble(reply: Reply): boolean {
  return (
    gatewayStatuses.has(reply.status) &&
    reply.header("cf-mitigated") === undefined &&
    reply.header("retry-after") === undefined &&
    !/^application\/json\b/i.test(reply.header("content-type") ?? "")
  );
}

function parseLocation(location: string | undefined, from: string, hops: number): string {
  const target = location !== undefined && URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (target === undefined || hops >= maxRedirects) {
    throw new GatewayError("upstream-protocol", "Akash Chat redirects in circles or to nowhere.");
  }
  if (target.origin !== new URL(from).origin) {
    throw new GatewayError(
      "upstream-unavailable",
      "Akash Chat redirects to another site, which is not followed. Check AKASH_BASE_URL.",
      { shouldRetry: false },
    );
  }
  return target.pathname + target.search;
}

function createDispatcher(base: URL, options: AkashChatOptions): Dispatcher {
  const settings: Agent.Options = {
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    connections: null,
    pipelining: 1,
    connect: { timeout: connectTimeoutMs, lookup: lookUpFavouringIpv4 },
  };
  if (isLoopback(base.hostname)) return new Agent(settings);
  const { proxy } = options;
  const given =
    proxy === undefined
      ? {}
      : { httpProxy: proxy.http ?? "", httpsProxy: proxy.https ?? "", noProxy: proxy.no ?? "" };
  try {
    return new EnvHttpProxyAgent({ ...settings, ...given });
  } catch {
    throw new ConfigError([
      "HTTP_PROXY or HTTPS_PROXY: must be a URL, for example http://proxy.example:3128",
    ]);
  }
}

/**
 * The upstream counts all callers of a large IPv6 network as one and would refuse us for what others used,
 * so IPv4 goes first. IPv6 is still tried when there is nothing else.
 */
const lookUpFavouringIpv4: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, order: "ipv4first" }, callback);
};

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
