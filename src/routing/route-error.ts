import { GatewayError, toLimitKind } from "../errors.ts";
import type { Attempt } from "../model/attempt.ts";
import { describeAttempts } from "./attempt.ts";
import type { Leg } from "../model/leg.ts";
import type { Resting } from "./place.ts";

/** The failure of a request that was asked at all legs that it could be: the last failure, and what was tried. */
export class RouteError extends GatewayError {
  /** In the order in which they were made; empty when every upstream wants no requests for now. */
  readonly attempts: readonly Attempt[];

  /** The same failure as `error`, in its own words or in others. */
  constructor(error: GatewayError, attempts: readonly Attempt[], message = error.message) {
    const { kind, param, retryAfterMs, resetsAt, status, shouldRetry, tokens, answer, nativeCall } = error;
    const { retry, restsAt } = error;
    // A log shows the messages along the causes: the same words would stand there twice.
    const cause = message === error.message ? error.cause : error;
    const same = {
      param,
      retryAfterMs,
      resetsAt,
      status,
      shouldRetry,
      tokens,
      answer,
      nativeCall,
      retry,
      restsAt,
    };
    super(kind, message, { ...same, cause });
    this.attempts = attempts;
    if (message === error.message) this.stack = error.stack ?? "";
  }
}

/** The last failure, and before it what else was tried. After a single try it has its own words. */
export function toRouteError(error: GatewayError, attempts: readonly Attempt[]): RouteError {
  const earlier = attempts.slice(0, -1);
  const message =
    earlier.length === 0 ? error.message : `${error.message} (Tried before: ${describeAttempts(earlier)}.)`;
  return new RouteError(error, attempts, message);
}

/** A leg that is not asked, and why. */
export interface RestingLeg {
  readonly leg: Leg;
  readonly rest: Resting;
}

/** The error of a request that no leg may be asked for now: why the first to come back rests, and when that is. */
export function createRestError(resting: readonly RestingLeg[], now: number): GatewayError {
  const [first] = resting.toSorted((a, b) => a.rest.until - b.rest.until);
  if (first === undefined) {
    return new GatewayError("model-not-found", "No upstream of this gateway offers the model.", {
      param: "model",
      shouldRetry: false,
    });
  }
  const { error, until } = first.rest;
  const waitMs = Math.max(0, until - now);
  const isLimit = error.kind === "rate-limited" || error.kind === "budget-exhausted";
  const kind = isLimit ? toLimitKind(waitMs) : error.kind;
  const options = {
    retryAfterMs: waitMs,
    resetsAt: kind === "budget-exhausted" ? until : undefined,
    status: kind === error.kind ? error.status : undefined,
    cause: error,
  };
  // Where there is but one, nobody says it better than that.
  if (resting.length === 1) return new RouteError(new GatewayError(kind, error.message, options), []);
  const reasons = resting.map(({ leg, rest }) => ({
    upstream: leg.upstream,
    model: leg.model.id,
    outcome: rest.error.kind,
  }));
  // Without fractions, whose three digits would look like a status.
  const time = new Date(Math.ceil(until / 1000) * 1000).toISOString().replace(".000Z", "Z");
  const message = `No upstream of this model takes requests before ${time}. ${describeAttempts(reasons)}.`;
  return new RouteError(new GatewayError(kind, message, options), []);
}
