import type { ErrorKind } from "../errors.ts";

/** One try to answer a request. */
export interface Attempt {
  readonly upstream: string;
  /** The upstream's own id of the model. */
  readonly model: string;
  /** `answered`: it began an answer, whatever became of it later. */
  readonly outcome: "answered" | ErrorKind;
  /** Until the first events or the failure. */
  readonly ms: number;
}

/** A header's value: `web/DeepSeek-V3.2;budget-exhausted;12, mine/qwen3;answered;430`. Only printable ASCII. */
export function encodeAttempts(attempts: readonly Attempt[]): string {
  return attempts
    .map(({ upstream, model, outcome, ms }) => `${toToken(upstream)}/${toToken(model)};${outcome};${ms}`)
    .join(", ");
}

/** Names as they are, but for what would end them in a header. */
function toToken(name: string): string {
  return name.replace(/[^\x21-\x7e]|[,;]/g, "_");
}

/**
 * Agents decide by words whether to shorten their history, to wait or to stop, so those of an earlier failure must have
 * none that belong to another kind than the last: no status, no limit of tokens, no length.
 */
const words: Partial<Record<ErrorKind | "answered", string>> = {
  "context-length": "it takes shorter prompts only",
  unauthenticated: "it does not accept the gateway's key",
  forbidden: "it refuses this gateway",
  "not-found": "it does not have the model",
  "model-not-found": "it does not have the model",
  "method-not-allowed": "it does not have the model",
  "budget-exhausted": "what it allows is used up",
  "rate-limited": "it was too busy",
  overloaded: "it was too busy",
  "upstream-timeout": "it was silent",
  "upstream-truncated": "it broke off",
};

/** What was tried, for the API user: `web (DeepSeek-V3.2): what it allows is used up; mine (qwen3): it failed`. */
export function describeAttempts(attempts: readonly Omit<Attempt, "ms">[]): string {
  return attempts
    .map(({ upstream, model, outcome }) => `${upstream} (${model}): ${words[outcome] ?? "it failed"}`)
    .join("; ");
}
