import { GatewayError } from "../../errors.ts";
import type { Progress, Reply } from "./exchange.ts";

/** A failure after which the same request may do better at once, by how much of it the upstream may have done. */
export type Failure = "unsent" | "unanswered" | "cut-head" | "bad-gateway" | "gateway-timeout";

/**
 * How often a request is repeated after each failure, at most. Reading twice harms nobody; each POST may cost the
 * caller's budget, so it is repeated only where it was hardly read, and what is not in this table never.
 */
export const repeatRules: Readonly<Record<Failure, Readonly<Record<"GET" | "POST", number>>>> = {
  /** No connection came about, so nothing of the request left. */
  unsent: { GET: 2, POST: 2 },
  /** Sent, and the connection closed before a byte of a reply: the end of an idle connection crossed the request. */
  unanswered: { GET: 2, POST: 1 },
  /** The connection closed after a part of the reply's head. */
  "cut-head": { GET: 2, POST: 0 },
  /** 502 or 503 of a proxy in front, which found no application to ask. */
  "bad-gateway": { GET: 2, POST: 1 },
  /** 504 of a proxy in front: the application has the request and still works on it. */
  "gateway-timeout": { GET: 2, POST: 0 },
};

/** Decides on the repeats of one request. */
export interface Repeats {
  /** Counts a failure. Whether the request may be sent again. `wasIdle`: of a connection on which nothing had happened for a while. */
  allow(failure: Failure, wasIdle: boolean): boolean;
  /** Counts a redirect. Whether the request may be sent to where it leads. */
  allowRedirect(): boolean;
}

const maxRedirects = 3;

/**
 * Creates what counts the failures of one request; renewing its session in between does not make it another. Where others can be
 * asked instead, only what met the end of an idle connection is repeated: nobody has read it. A redirect of a POST is a repeat as
 * well: its body was read. `mayRepeat` as `AskOptions` has it.
 */
export function createRepeats(
  method: "GET" | "POST",
  hasOthers = false,
  mayRepeat: () => boolean = () => true,
): Repeats {
  let unsent = 0;
  let sent = 0;
  let redirects = 0;
  return {
    allow(failure, wasIdle) {
      if (hasOthers && (failure !== "unanswered" || !wasIdle)) return false;
      const count = failure === "unsent" ? (unsent += 1) : (sent += 1);
      return count <= repeatRules[failure][method] && (failure === "unsent" || mayRepeat());
    },
    allowRedirect() {
      redirects += 1;
      if (method === "GET") return redirects <= maxRedirects;
      return redirects <= (hasOthers ? 1 : maxRedirects) && mayRepeat();
    },
  };
}

/** The failure that a reply is. Only trouble of a proxy in front: the application itself answers JSON. */
export function findFailure(reply: Reply): Failure | undefined {
  if (reply.status < 502 || reply.status > 504) return undefined;
  // A challenge stays a challenge, and who names a time wants no request before it.
  if (reply.header("cf-mitigated") !== undefined || reply.header("retry-after") !== undefined) {
    return undefined;
  }
  if (/^application\/json\b/i.test(reply.header("content-type") ?? "")) return undefined;
  return reply.status === 504 ? "gateway-timeout" : "bad-gateway";
}

const failureAfter = { unsent: "unsent", sent: "unanswered", answered: "cut-head" } as const;

/** The failure that an error of `exchange` is. What `shouldRetry: false` marks (DNS, TLS, a refusing proxy) stays. */
export function toFailure(error: unknown, progress: Progress): Failure | undefined {
  const lost =
    error instanceof GatewayError && error.kind === "upstream-unavailable" && error.shouldRetry !== false;
  return lost ? failureAfter[progress.stage] : undefined;
}
