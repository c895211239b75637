import type { Budget } from "../model/budget.ts";

/** Headers that tell what is left of the budget; `now` in ms since the epoch. */
export type EncodeBudget = (budget: Budget, now: number) => Readonly<Record<string, string>>;

/** As Codex shows them in its status. Source: openai/codex, `x-codex-primary-*`. */
export const encodeCodexBudget: EncodeBudget = ({ usedPercent, resetsAt, size }) => ({
  "x-codex-primary-used-percent": toDecimal(usedPercent),
  ...(size === undefined ? {} : { "x-codex-primary-window-minutes": String(size.windowMs / 60_000) }),
  "x-codex-primary-reset-at": toUnix(resetsAt),
});

/** From these shares on Claude Code says something of it. */
const thresholds = [0.9, 0.75, 0.5];
const warned = 0.75;

/**
 * As Claude Code reads them with `CLAUDE_CODE_USE_GATEWAY=1`: the claim `overage` is the one that it shows for a gateway.
 * At a 429 it then says "You've hit your usage limit · resets 8:56pm"; with the variable and no headers it would say that the limit
 * is "not your usage limit", and without the variable "Request rejected (429)" before our text.
 * Source: `anthropic-ratelimit-unified-*` of Anthropic's API.
 */
export const encodeAnthropicBudget: EncodeBudget = ({ usedPercent, spent, resetsAt }) => {
  const share = usedPercent / 100;
  const surpassed = thresholds.find((threshold) => share >= threshold);
  return {
    "anthropic-ratelimit-unified-status": spent
      ? "rejected"
      : share >= warned
        ? "allowed_warning"
        : "allowed",
    "anthropic-ratelimit-unified-reset": toUnix(resetsAt),
    "anthropic-ratelimit-unified-representative-claim": "overage",
    "anthropic-ratelimit-unified-overage-utilization": toDecimal(share),
    "anthropic-ratelimit-unified-overage-reset": toUnix(resetsAt),
    ...(surpassed === undefined
      ? {}
      : { "anthropic-ratelimit-unified-overage-surpassed-threshold": String(surpassed) }),
  };
};

/** OpenAI's own: tokens, of an allowance whose size is known, and a duration. */
export const encodeOpenAiBudget: EncodeBudget = ({ usedPercent, resetsAt, size }, now) => ({
  ...(size === undefined
    ? {}
    : {
        "x-ratelimit-limit-tokens": String(size.tokens),
        "x-ratelimit-remaining-tokens": String(
          Math.max(0, Math.round(size.tokens * (1 - usedPercent / 100))),
        ),
      }),
  "x-ratelimit-reset-tokens": toDuration(resetsAt - now),
});

/** The names of all of them, for scripts in a browser. */
export const budgetHeaders: readonly string[] = [
  encodeCodexBudget,
  encodeAnthropicBudget,
  encodeOpenAiBudget,
].flatMap((encode) =>
  Object.keys(
    encode({ usedPercent: 100, spent: false, resetsAt: 0, size: { tokens: 1, windowMs: 60_000 } }, 0),
  ),
);

function toUnix(time: number): string {
  return String(Math.ceil(time / 1000));
}

/** With two decimals at most, and none in vain. */
function toDecimal(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** `1h2m3s`, as OpenAI writes durations. */
function toDuration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const prefix = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : "";
  return `${prefix}${seconds % 60}s`;
}
