import { createHash } from "node:crypto";

import { z } from "zod";

import { GatewayError } from "../../errors.ts";
import { throwIfAborted } from "../http/abort.ts";
import type { AkashClient, ClientRequest } from "./client.ts";
import { decodeSessionCookie } from "./cookies.ts";
import { decodeError, isSessionRefusal, readRefusal } from "./decode-error.ts";
import type { Reply } from "../http/exchange.ts";
import type { AkashChatOptions } from "./options.ts";
import { createRepeats } from "../http/repeats.ts";
import { createSingleFlight } from "../http/single-flight.ts";

/** What the upstream gave us to show with each request. */
export interface SessionState {
  /** `undefined`: this instance works without sessions. */
  readonly token: string | undefined;
  /** When it ends, ms since the epoch. */
  readonly endsAt: number;
  readonly lifetimeMs: number;
}

/** The one session that all requests share. */
export interface Session {
  /** The session, obtained or renewed if need be; concurrent callers share one request. */
  get(signal: AbortSignal): Promise<SessionState>;
  /** The token that is valid now, if there is one already. */
  readonly current: string | undefined;
  /** The upstream refused this state: the next `get` obtains a new one, unless that has happened already. */
  expire(state: SessionState): void;
  /**
   * Sends a request with the session. When the upstream refuses the session, renews it and repeats the
   * request once. Resolves with a reply of status 200; any other throws what it means.
   */
  send(request: ClientRequest, signal: AbortSignal): Promise<Reply>;
}

/** The default of the application, for cookies that do not tell their own age. */
const defaultLifetimeMs = 600_000;
/** Used up to this part of its life (at most a minute before the end); renewed in the background from then on. */
const renewalShare = 0.2;
const renewalMaxMs = 60_000;

/** Creates the keeper of the session. `AKASH_ACCESS_TOKEN` is only ever sent to the session route. */
export function createSession(client: AkashClient, options: AkashChatOptions): Session {
  const { config, log, now } = options;
  let state: SessionState | undefined;
  let bearer = createBearer(config.AKASH_ACCESS_TOKEN);
  let renewingAhead = false;

  async function request(authorization: string | undefined, signal: AbortSignal): Promise<Reply> {
    // Never with a session cookie: the upstream keeps the old one, even with 2 s left, and sends none.
    return client.send(
      {
        method: "GET",
        path: "/api/auth/session/",
        headers: authorization === undefined ? {} : { authorization: `Bearer ${authorization}` },
        patience: "short",
      },
      signal,
    );
  }

  async function obtain(signal: AbortSignal): Promise<SessionState> {
    let reply = await request(bearer?.current, signal);
    if (reply.status === 403 && bearer !== undefined) {
      const refusal = await readRefusal(reply);
      if (!isTokenRefusal(refusal.text)) throw decodeError(refusal, { now: now() });
      const other = bearer.other;
      reply = await request(other, signal);
      if (reply.status === 200) bearer = { current: other, other: bearer.current };
    }
    if (reply.status !== 200) throw toSessionError(await readRefusal(reply), now());
    const cookie = decodeSessionCookie(reply.cookies, now());
    const text = await reply.text();
    if (cookie === undefined && !isSuccess(text)) {
      throw new GatewayError(
        "upstream-unavailable",
        "There is no Akash Chat at AKASH_BASE_URL: its session route does not answer as one.",
        { shouldRetry: false },
      );
    }
    const lifetimeMs = cookie?.lifetimeMs ?? defaultLifetimeMs;
    state = { token: cookie?.token, endsAt: now() + lifetimeMs, lifetimeMs };
    log.debug({ lifetimeMs, needed: cookie !== undefined }, "new upstream session");
    return state;
  }

  const renew = createSingleFlight(obtain);

  function renewAhead(): void {
    if (renewingAhead) return;
    renewingAhead = true;
    renew(new AbortController().signal)
      .catch((error: unknown) => {
        // Not the concern of any caller: the session still holds, and its end brings a renewal that is awaited.
        log.warn({ err: error }, "the upstream session could not be renewed ahead of time");
      })
      .finally(() => {
        renewingAhead = false;
      });
  }

  async function get(signal: AbortSignal): Promise<SessionState> {
    const known = state;
    if (known === undefined || now() >= known.endsAt) return renew(signal);
    if (known.endsAt - now() <= Math.min(renewalMaxMs, known.lifetimeMs * renewalShare)) {
      renewAhead();
    }
    throwIfAborted(signal);
    return known;
  }

  function expire(refused: SessionState): void {
    if (state === refused) state = undefined;
  }

  async function send(request: ClientRequest, signal: AbortSignal): Promise<Reply> {
    const repeats = createRepeats(request.method, request.hasOthers, request.mayRepeat);
    const { watch } = request;
    for (let tries = 0; ; tries += 1) {
      watch?.waitFor("upstream-session");
      const used = await get(signal);
      watch?.ask(options.name ?? "akash-chat");
      const reply = await client.send({ ...request, token: used.token }, signal, repeats);
      if (reply.status === 200) return reply;
      const refusal = await readRefusal(reply);
      if (!isSessionRefusal(refusal)) throw decodeError(refusal, { now: now() });
      if (tries > 0) {
        throw new GatewayError(
          "overloaded",
          "Akash Chat refuses the session that it has just given out; its session store may be down. Try again later.",
        );
      }
      expire(used);
      watch?.retry("session-refused");
    }
  }

  return {
    get,
    get current() {
      return state !== undefined && now() < state.endsAt ? state.token : undefined;
    },
    expire,
    send,
  };
}

/** Newer instances want the access token itself, older ones its SHA-256 in lower-case hex. */
function createBearer(token: string | undefined): { current: string; other: string } | undefined {
  if (token === undefined) return undefined;
  return { current: token, other: createHash("sha256").update(token).digest("hex") };
}

function isTokenRefusal(text: string): boolean {
  return /invalid access token/i.test(text);
}

const successSchema = z.object({ success: z.literal(true) });

function isSuccess(text: string): boolean {
  try {
    return successSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

function toSessionError(refusal: Awaited<ReturnType<typeof readRefusal>>, now: number): GatewayError {
  if (refusal.status === 403 && isTokenRefusal(refusal.text)) {
    return new GatewayError(
      "upstream-unavailable",
      "This Akash Chat instance refuses the access token of the gateway. Check AKASH_ACCESS_TOKEN.",
      { shouldRetry: false },
    );
  }
  if (refusal.status === 403 && /access token required/i.test(refusal.text)) {
    return new GatewayError(
      "upstream-unavailable",
      "This Akash Chat instance wants an access token. Set AKASH_ACCESS_TOKEN.",
      { shouldRetry: false },
    );
  }
  if (refusal.status === 500 && refusal.text === "") {
    return new GatewayError(
      "overloaded",
      "Akash Chat can give out no session at the moment; its session store may be down. Try again later.",
    );
  }
  return decodeError(refusal, { now });
}
