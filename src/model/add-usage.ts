import type { Usage } from "./events.ts";

/** Adds the usage of two answers. An unknown part makes the sum unknown, an estimate makes it an estimate. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum = (key: "inputTokens" | "outputTokens"): { [name in typeof key]?: number } => {
    const [left, right] = [a[key], b[key]];
    return left === undefined || right === undefined ? {} : { [key]: left + right };
  };
  const reasoning = (a.reasoningTokens ?? 0) + (b.reasoningTokens ?? 0);
  return {
    ...sum("inputTokens"),
    ...sum("outputTokens"),
    ...(reasoning > 0 ? { reasoningTokens: reasoning } : {}),
    estimated: a.estimated || b.estimated,
  };
}
