import { GatewayError } from "../../errors.ts";
import type { CallWatch } from "../../model/call-watch.ts";
import type { Mutable } from "../../model/mutable.ts";
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
  /** Whether the body is one that can be shown. Default: yes. */
  readonly isText?: boolean;
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
   * body, within the same origin, to no address twice and as often as `repeats` allows. Repeats a request as often as `repeats` allows; never after the signal.
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
    way: Way,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<Reply> {
    for (;;) {
      const { method, headers, body, headersTimeoutMs, bodyTimeoutMs } = request;
      const { path } = way;
      const shown = request.isText === false ? undefined : body;
      request.watch?.trace?.sent({ to: names.title, method, path, body: shown });
      const asked = { names, origin, path, method, headers, body, headersTimeoutMs, bodyTimeoutMs };
      const reply = await exchange(connections.dispatcher, asked, signal, progress);
      if (reply.status !== 307 && reply.status !== 308) return reply;
      reply.discard();
      way.follow(parseLocation(reply.header("location"), origin + way.path, names));
    }
  }

  return {
    async send(request, signal, repeats = createRepeats(request.method)) {
      const way = createWay(request.path, repeats, names);
      for (let tries = 1; ; tries += 1) {
        const progress: Progress = { stage: "unsent", onEnd: () => (lastUsedAt = now()) };
        const before = { made: connections.made(), idle: now() - lastUsedAt >= idleMs };
        // No connection was made, so this one was there before.
        const wasIdle = () => before.idle && before.made === connections.made();
        let failure: Failure | undefined;
        try {
          const reply = await sendFollowing(request, way, signal, progress);
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

/** Where a request goes; what is sent again goes to where the last redirect led. */
interface Way {
  readonly path: string;
  /** Throws `GatewayError` where it may not go there. */
  follow(path: string): void;
}

function createWay(start: string, repeats: Repeats, { title, address }: UpstreamNames): Way {
  const seen = [start];
  const way: Mutable<Way> = {
    path: start,
    follow(path) {
      if (seen.includes(path)) {
        throw new GatewayError("upstream-protocol", `${title} redirects in circles. Check ${address}.`);
      }
      if (!repeats.allowRedirect()) {
        throw new GatewayError(
          "upstream-protocol",
          `${title} redirects more often than is followed. Check ${address}: it should be where the redirects lead.`,
        );
      }
      seen.push(path);
      way.path = path;
    },
  };
  return way;
}

function parseLocation(
  location: string | undefined,
  from: string,
  { title, address }: UpstreamNames,
): string {
  const target = location !== undefined && URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (target === undefined) {
    throw new GatewayError("upstream-protocol", `${title} redirects to nowhere. Check ${address}.`);
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
