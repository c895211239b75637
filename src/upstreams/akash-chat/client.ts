import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";

import { Agent, EnvHttpProxyAgent, type Dispatcher } from "undici";

import { ConfigError } from "../../config.ts";
import { GatewayError } from "../../errors.ts";
import type { CallWatch } from "../../model/call-watch.ts";
import { startRealTimer } from "../../stream/real-timer.ts";
import { pause } from "./abort.ts";
import { encodeCookies } from "./cookies.ts";
import { exchange, type Progress, type Reply } from "./exchange.ts";
import type { AkashChatOptions } from "./options.ts";
import { createRepeats, findFailure, toFailure, type Failure, type Repeats } from "./repeats.ts";
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

/** The upstream closes idle connections after 5 s: ours must be gone before. */
const keepAliveMs = 4000;
/** Small requests answer fast, but the upstream was seen to take 45 s when its own store is down. */
const shortTimeoutMs = 60_000;
const connectTimeoutMs = 10_000;
const maxRedirects = 3;
const retryStepMs = 400;

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
    // Frames shall come as they are made; a coding would hold them back somewhere on the way.
    "accept-encoding": "identity",
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

  async function sendFollowing(
    request: ClientRequest,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<Reply> {
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
        progress,
      );
      if (reply.status !== 307 && reply.status !== 308) return reply;
      reply.discard();
      path = parseLocation(reply.header("location"), base.origin + path, hops);
    }
  }

  return {
    async send(request, signal, repeats = createRepeats(request.method)) {
      for (let tries = 1; ; tries += 1) {
        const progress: Progress = { stage: "unsent" };
        let failure: Failure | undefined;
        try {
          const reply = await sendFollowing(request, signal, progress);
          failure = findFailure(reply);
          if (failure === undefined || !repeats.allow(failure)) return reply;
          reply.discard();
        } catch (error) {
          failure = toFailure(error, progress);
          if (failure === undefined || !repeats.allow(failure)) throw error;
        }
        if (request.watch === undefined)
          log.debug({ path: request.path, failure }, "asking Akash Chat once more");
        else request.watch.retry(failure);
        await pause(random() * retryStepMs * tries, signal, startTimer);
      }
    },
    close: () => dispatcher.destroy(),
  };
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
