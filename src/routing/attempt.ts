import type { ErrorKind } from "../errors.ts";
import type { Attempt } from "../model/attempt.ts";

/**
 * Agents decide by words whether to shorten their history, to wait or to stop, so those of an earlier failure must have
 * none that belong to another kind than the last: no status, no limit of tokens, no length.
 */
const words: Readonly<Partial<Record<string, string>>> = {
  "context-length": "it takes shorter prompts only",
  "upstream-unauthorized": "it does not accept the gateway's key",
  "credit-exhausted": "it has no credit left",
  forbidden: "it refuses this gateway",
  "not-found": "it does not have the model",
  "model-not-found": "it does not have the model",
  "method-not-allowed": "it does not have the model",
  "budget-exhausted": "what it allows is used up",
  "rate-limited": "it was too busy",
  overloaded: "it was too busy",
  "upstream-timeout": "it was silent",
  "upstream-truncated": "it broke off",
} satisfies Partial<Record<ErrorKind, string>>;

/** What was tried, for the API user: `web (DeepSeek-V3.2): what it allows is used up; mine (qwen3): it failed`. */
export function describeAttempts(attempts: readonly Omit<Attempt, "ms">[]): string {
  return attempts
    .map(({ upstream, model, outcome }) => `${upstream} (${model}): ${words[outcome] ?? "it failed"}`)
    .join("; ");
}
