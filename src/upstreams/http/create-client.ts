import { GatewayError } from "../../errors.ts";
import type { CallWatch } from "../../model/call-watch.ts";
import { startRealTimer } from "../../stream/real-timer.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { pause } from "./abort.ts";
import { createDispatcher, type ProxySettings } from "./create-dispatcher.ts";
import { exchange, type Progress, type Reply } from "./exchange.ts";
import type { UpstreamNames } from "./names.ts";
import { createRepeats, findFailure, toFailure, type Failure, type Repeats } from "./repeats.ts";
import type { UpstreamLog } from "./upstream-log.ts";

/** A request to the client's server. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Begins with a slash; query included. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** Silence allowed until the reply's head, and between two pieces of its body. */
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  /** Of the caller's request that this one serves alone; others serve many. */
  readonly watch?: CallWatch | undefined;
}

/** Talks HTTP to one server. */
export interface HttpClient {
  /**
   * Sends a request and resolves with the reply's head, whatever its status. Follows 307 and 308 with method and
   * body, within the same origin. Repeats a request as often as `repeats` allows; never after the signal.
   */
  send(request: HttpRequest, signal: AbortSignal, repeats?: Repeats): Promise<Reply>;
  close(): Promise<void>;
}

/** What a client is made from. */
export interface HttpClientOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly names: UpstreamNames;
  readonly log: UpstreamLog;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 to 1, for the jitter of retries; `Math.random` by default. */
  readonly random?: (() => number) | undefined;
  /** `setTimeout` by default. */
  readonly startTimer?: StartTimer | undefined;
  /** By default what the environment says. A loopback server is never asked through a proxy. */
  readonly proxy?: ProxySettings | undefined;
}

const maxRedirects = 3;
const retryStepMs = 400;
/** A connection on which nothing happened for as long may have been closed by its server at any moment. */
const idleMs = 1000;

/** Creates a client for one origin. Throws `ConfigError` when a proxy's URL is none. */
export function createClient(options: HttpClientOptions): HttpClient {
  const { origin, names, log, now, random = Math.random, startTimer = startRealTimer } = options;
  const connections = createDispatcher(new URL(origin), options.proxy);
  let lastUsedAt = now();

  async function sendFollowing(
    request: HttpRequest,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<Reply> {
    let { path } = request;
    for (let hops = 0; ; hops += 1) {
      const asked = { ...request, origin, path, names };
      const reply = await exchange(connections.dispatcher, asked, signal, progress);
      if (reply.status !== 307 && reply.status !== 308) return reply;
      reply.discard();
      path = parseLocation(reply.header("location"), origin + path, hops, names);
    }
  }

  return {
    async send(request, signal, repeats = createRepeats(request.method)) {
      for (let tries = 1; ; tries += 1) {
        const progress: Progress = { stage: "unsent", onEnd: () => (lastUsedAt = now()) };
        const before = { made: connections.made(), idle: now() - lastUsedAt >= idleMs };
        // No connection was made, so this one was there before.
        const wasIdle = () => before.idle && before.made === connections.made();
        let failure: Failure | undefined;
        try {
          const reply = await sendFollowing(request, signal, progress);
          failure = findFailure(reply);
          if (failure === undefined || !repeats.allow(failure, false)) return reply;
          reply.discard();
        } catch (error) {
          failure = toFailure(error, progress);
          if (failure === undefined || !repeats.allow(failure, wasIdle())) throw error;
        } finally {
          lastUsedAt = now();
        }
        if (request.watch === undefined)
          log.debug({ path: request.path, failure }, `asking ${names.title} once more`);
        else request.watch.retry(failure);
        await pause(random() * retryStepMs * tries, signal, startTimer);
      }
    },
    close: () => connections.dispatcher.destroy(),
  };
}

function parseLocation(
  location: string | undefined,
  from: string,
  hops: number,
  { title, address }: UpstreamNames,
): string {
  const target = location !== undefined && URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (target === undefined || hops >= maxRedirects) {
    throw new GatewayError("upstream-protocol", `${title} redirects in circles or to nowhere.`);
  }
  if (target.origin !== new URL(from).origin) {
    throw new GatewayError(
      "upstream-unavailable",
      `${title} redirects to another site, which is not followed. Check ${address}.`,
      { shouldRetry: false },
    );
  }
  return target.pathname + target.search;
}
