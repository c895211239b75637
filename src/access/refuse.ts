import type { AccessKey } from "./access-key.ts";
import { GatewayError, toLimitKind } from "../errors.ts";
import { nanoUsdPerUsd } from "../model/cost-of.ts";
import type { Limit, Refusal } from "./limits.ts";

/** What a limit allows, in words: `10,000 tokens a day`. */
export function describeLimit({ kind, unit, cap, period }: Limit): string {
  if (kind === "concurrency") return `${cap} ${cap === 1 ? "request" : "requests"} at once`;
  const word = cap === 1 ? unit.slice(0, -1) : unit;
  const amount = unit === "nano-usd" ? `$${formatUsd(cap)}` : `${cap.toLocaleString("en")} ${word}`;
  return period === "total" || period === undefined ? `${amount} in all` : `${amount} a ${period}`;
}

function formatUsd(nanoUsd: number): string {
  return (nanoUsd / nanoUsdPerUsd).toLocaleString("en", {
    minimumFractionDigits: 2,
    maximumFractionDigits: 9,
  });
}

/** The field of the key that a limit comes from: `tokens_per_day`, `budget`. */
export function limitField({ id, kind }: Limit): string {
  return kind === "budget" ? "budget" : id.slice(id.lastIndexOf(".") + 1);
}

/** Whose limit it is: the caller's own, or one of a key that it descends from. */
function describeOwner({ id, kind }: Limit, keys: readonly AccessKey[]): string {
  const owner = keys.find((key) => id.startsWith(`${kind === "budget" ? key.budget?.id : key.id}.`));
  const [own] = keys;
  return owner === undefined || owner === own
    ? "This key"
    : `The key "${owner.name}", which this one descends from,`;
}

/** How long to wait for what opens when requests end, which nobody knows. */
const shortWaitMs = 1000;

/**
 * The error for a refused reservation of `keys` (the caller's own first): 429 with the time after which it fits, or `budget-exhausted` (402)
 * where that is longer than anybody should wait in silence. `now` in ms since the epoch.
 */
export function toRefusalError(refusal: Refusal, keys: readonly AccessKey[], now: number): GatewayError {
  if (refusal.kind === "revoked") {
    return new GatewayError("unauthenticated", "The API key was revoked.", { shouldRetry: false });
  }
  const { limit, until, retryAfterMs } = refusal;
  const message = `${describeOwner(limit, keys)} may have ${describeLimit(limit)} (${limitField(limit)}). ${describeUse(refusal)}`;
  if (until === "settled") return new GatewayError("rate-limited", message, { retryAfterMs: shortWaitMs });
  if (until === "changed") return new GatewayError("budget-exhausted", message);
  const kind = limit.period === "minute" ? "rate-limited" : kindOfWait(limit, retryAfterMs);
  return new GatewayError(kind, message, {
    retryAfterMs,
    ...(kind === "budget-exhausted" && retryAfterMs !== undefined ? { resetsAt: now + retryAfterMs } : {}),
  });
}

/** Agents sleep through a wait that they are told, so one that is long is told as a budget that is spent. */
function kindOfWait({ kind }: Limit, retryAfterMs: number | undefined): "rate-limited" | "budget-exhausted" {
  return kind === "budget" ? "budget-exhausted" : toLimitKind(retryAfterMs);
}

function describeUse({ limit, used, until, retryAfterMs }: Refusal & { readonly kind: "limit" }): string {
  if (limit.kind === "concurrency") return "So many run now: try again when one of them is over.";
  const figure = limit.unit === "nano-usd" ? `$${formatUsd(used)}` : used.toLocaleString("en");
  const state = `Used or reserved of that now: ${figure}, and this request needs more than is left.`;
  if (until === "settled") return `${state} Running requests may give back some of it.`;
  if (until === "changed" || retryAfterMs === undefined)
    return `${state} It never fits: ask for fewer tokens, or have the limit raised.`;
  return `${state} It fits in ${Math.ceil(retryAfterMs / 1000).toLocaleString("en")} s.`;
}
