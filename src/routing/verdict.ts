import type { ErrorKind, GatewayError } from "../errors.ts";

/**
 * Where a request may be asked again after a failure, as long as nothing of an answer was given:
 * - `never`: it would fail anywhere, or nobody waits for it any more,
 * - `same`: once more at the same leg, then as `other`,
 * - `other`: at the next leg,
 * - `larger-context`: at the next leg whose model has a larger window.
 */
export type RetryScope = "never" | "same" | "other" | "larger-context";

/**
 * What a failure says of those that come next:
 * - `nothing`: it was about this request alone,
 * - `strike`: the leg may be ill; several in a row open its breaker,
 * - `rest`: the leg, or all of its upstream, wants no requests for `forMs`. `told`: the upstream said for how long;
 *   otherwise it is our guess.
 */
export type Effect =
  | { readonly kind: "nothing" }
  | { readonly kind: "strike" }
  | {
      readonly kind: "rest";
      readonly place: "leg" | "upstream";
      readonly forMs: number;
      readonly told: boolean;
    };

/** What becomes of a request, and of its leg, after a failure. */
export interface Verdict {
  readonly scope: RetryScope;
  readonly effect: Effect;
}

/** What a kind of failure means. With `restMs`, or when the upstream said a time, the place rests; else it is a strike. */
interface Rule {
  readonly scope: RetryScope;
  readonly place?: "leg" | "upstream";
  /** How long to rest when nobody says. */
  readonly restMs?: number;
}

const mine: Rule = { scope: "never" };
const ill: Rule = { scope: "other", place: "leg" };

/** A key that is revoked or an empty purse is looked after by people. */
const accountMs = 300_000;
const missingMs = 60_000;
/** A limit without a time is mostly one of requests at once. */
const limitMs = 10_000;

const rules: Readonly<Record<ErrorKind, Rule>> = {
  "invalid-request": mine,
  "context-length": { scope: "larger-context" },
  "content-filtered": mine,
  unsupported: mine,
  unauthenticated: { scope: "other", place: "upstream", restMs: accountMs },
  "budget-exhausted": { scope: "other", place: "upstream", restMs: accountMs },
  // Of a key that others may use for other models.
  forbidden: { scope: "other", place: "leg", restMs: accountMs },
  "not-found": { scope: "other", place: "leg", restMs: missingMs },
  "model-not-found": { scope: "other", place: "leg", restMs: missingMs },
  "method-not-allowed": { scope: "other", place: "leg", restMs: missingMs },
  "payload-too-large": mine,
  "image-declined": mine,
  "rate-limited": { scope: "other", place: "upstream", restMs: limitMs },
  aborted: mine,
  internal: mine,
  "upstream-unavailable": ill,
  "upstream-protocol": ill,
  "upstream-truncated": ill,
  // The model could not; it was asked again already.
  "output-invalid": mine,
  overloaded: ill,
  "upstream-timeout": ill,
};

/** A month's budget is looked at once a day, in case somebody paid. */
const longestRestMs = 86_400_000;

/** Judges a failure by its kind. `now` is ms since the epoch. */
export type Judge = (error: GatewayError, now: number) => Verdict;

/**
 * The judgement where an upstream knows no better (docs/routing.md has it as a table). A `budget-exhausted` that tells
 * `tokens` is an allowance too small for this request: it says nothing of smaller ones.
 */
export const judgeFailure: Judge = (error, now) => {
  const { scope, place, restMs } = rules[error.kind];
  const isTooSmall = error.kind === "budget-exhausted" && error.tokens !== undefined;
  if (place === undefined || isTooSmall) return { scope, effect: { kind: "nothing" } };
  const toldMs = error.resetsAt === undefined ? error.retryAfterMs : error.resetsAt - now;
  const forMs = toldMs ?? restMs;
  if (forMs === undefined) return { scope, effect: { kind: "strike" } };
  const bounded = Math.min(Math.max(0, forMs), longestRestMs);
  return { scope, effect: { kind: "rest", place, forMs: bounded, told: toldMs !== undefined } };
};
