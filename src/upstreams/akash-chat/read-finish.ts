import type { Usage } from "../../model/events.ts";

/** How an answer, or a step of it, ended. */
export interface Finish {
  /** `unknown` where the upstream gives none. */
  readonly reason: string;
  readonly usage: Usage;
  /** Another step follows. */
  readonly isContinued: boolean;
}

/** Reads the value of a finish. `undefined`: it is none. */
export function readFinish(value: unknown): Finish | undefined {
  if (!isObject(value)) return undefined;
  const { finishReason, usage, isContinued } = value;
  return {
    reason: typeof finishReason === "string" ? finishReason : "unknown",
    usage: readUsage(usage),
    isContinued: isContinued === true,
  };
}

/** Token counts as the SDK writes them: NaN became null, and keys may be missing. Unknown stays unknown. */
export function readUsage(value: unknown): Usage {
  if (!isObject(value)) return { estimated: false };
  const { promptTokens, completionTokens } = value;
  return {
    ...(isCount(promptTokens) ? { inputTokens: promptTokens } : {}),
    ...(isCount(completionTokens) ? { outputTokens: completionTokens } : {}),
    estimated: false,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
