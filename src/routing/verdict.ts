import type { ErrorKind, GatewayError, RetryScope } from "../errors.ts";

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
      readonly place: "model" | "upstream";
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
  readonly place?: "model" | "upstream";
  /** How long to rest when nobody says. */
  readonly restMs?: number;
}

const mine: Rule = { scope: "never" };
const ill: Rule = { scope: "other", place: "model" };

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
  unauthenticated: mine,
  "budget-exhausted": { scope: "other", place: "upstream", restMs: accountMs },
  "credit-exhausted": { scope: "other", place: "upstream", restMs: accountMs },
  "upstream-unauthorized": { scope: "other", place: "upstream", restMs: accountMs },
  // Of a key that others may use for other models.
  forbidden: { scope: "other", place: "model", restMs: accountMs },
  "not-found": { scope: "other", place: "model", restMs: missingMs },
  "model-not-found": { scope: "other", place: "model", restMs: missingMs },
  "method-not-allowed": { scope: "other", place: "model", restMs: missingMs },
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

/** Whether a failure of a kind counts towards a breaker, where nobody says a time. */
export function isStrike(kind: ErrorKind): boolean {
  return rules[kind].place !== undefined && rules[kind].restMs === undefined;
}

/** A month's budget is looked at once a day, in case somebody paid. */
const longestRestMs = 86_400_000;

/**
 * Judges a failure by its kind, and by what its upstream says better (`retry`, `restsAt`); docs/routing.md has it as a table.
 * A `budget-exhausted` that tells `tokens` is an allowance too small for this request: it says nothing of smaller ones.
 * `now` is ms since the epoch.
 */
export function judgeFailure(error: GatewayError, now: number): Verdict {
  const rule = rules[error.kind];
  const { restMs } = rule;
  const scope = error.retry ?? rule.scope;
  const place = rule.place === undefined ? undefined : (error.restsAt ?? rule.place);
  const isTooSmall = error.kind === "budget-exhausted" && error.tokens !== undefined;
  if (place === undefined || isTooSmall) return { scope, effect: { kind: "nothing" } };
  const toldMs = error.resetsAt === undefined ? error.retryAfterMs : error.resetsAt - now;
  const forMs = toldMs ?? restMs;
  if (forMs === undefined) return { scope, effect: { kind: "strike" } };
  const bounded = Math.min(Math.max(0, forMs), longestRestMs);
  return { scope, effect: { kind: "rest", place, forMs: bounded, told: toldMs !== undefined } };
}
