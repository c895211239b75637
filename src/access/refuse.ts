import type { AccessKey } from "./access-key.ts";
import { GatewayError, toLimitKind } from "../errors.ts";
import type { Limit, Refusal } from "./limits.ts";

const nanoUsdPerUsd = 1_000_000_000;

/** What a limit allows, in words: `10,000 tokens a day`. */
export function describeLimit({ kind, unit, cap, period }: Limit): string {
  if (kind === "concurrency") return `${cap} ${cap === 1 ? "request" : "requests"} at once`;
  const amount = unit === "nano-usd" ? `$${formatUsd(cap)}` : `${cap.toLocaleString("en")} ${unit}`;
  return period === "total" || period === undefined ? `${amount} in all` : `${amount} a ${period}`;
}

function formatUsd(nanoUsd: number): string {
  return (nanoUsd / nanoUsdPerUsd).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 9 });
}

/** The field of the key that a limit comes from: `tokens_per_day`, `budget`. */
export function limitField({ id, kind }: Limit): string {
  return kind === "budget" ? "budget" : id.slice(id.lastIndexOf(".") + 1);
}

/** Whose limit it is: the caller's own, or one of a key that it descends from. */
function describeOwner(limit: Limit, keys: readonly AccessKey[]): string {
  const owner = keys.find(({ id, budget }) => (limit.kind === "budget" ? budget?.id === limit.id : limit.id.startsWith(`${id}.`)));
  const [own] = keys;
  return owner === undefined || owner === own ? "This key" : `The key "${owner.name}", which this one descends from,`;
}

/**
 * The error for a refused reservation of `keys` (the caller's own first): 429 with the time after which it fits, or `budget-exhausted` (402)
 * where that is longer than anybody should wait in silence.
 */
export function toRefusalError(refusal: Refusal, keys: readonly AccessKey[], now: number): GatewayError {
  if (refusal.kind === "revoked") {
    return new GatewayError("unauthenticated", "The API key was revoked.", { shouldRetry: false });
  }
  const { limit, used, retryAfterMs } = refusal;
  const isMoney = limit.unit === "nano-usd";
  const usedWords = isMoney ? `$${formatUsd(used)}` : used.toLocaleString("en");
  const message =
    `${describeOwner(limit, keys)} may have ${describeLimit(limit)} (${limitField(limit)}); ` +
    (limit.kind === "concurrency"
      ? `${usedWords} run now. Try again when one of them is over.`
      : `${usedWords} of them are used or reserved now, and this request needs more than is left.${adviseWait(retryAfterMs)}`);
  // One of them may end at any moment.
  if (limit.kind === "concurrency") return new GatewayError("rate-limited", message, { retryAfterMs: retryAfterMs ?? 1000 });
  const kind = limit.kind === "budget" ? "budget-exhausted" : toLimitKind(retryAfterMs);
  return new GatewayError(kind, message, {
    retryAfterMs,
    ...(kind === "budget-exhausted" && retryAfterMs !== undefined ? { resetsAt: now + retryAfterMs } : {}),
  });
}

function adviseWait(retryAfterMs: number | undefined): string {
  if (retryAfterMs === undefined) return " It never fits: ask for fewer tokens, or have the limit raised.";
  return ` It fits in ${Math.ceil(retryAfterMs / 1000).toLocaleString("en")} s.`;
}
