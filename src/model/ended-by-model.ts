import type { FinishReason } from "./events.ts";

/** Whether the model itself ended its answer, rather than a limit or a filter. */
export function endedByModel({ kind }: Pick<FinishReason, "kind">): boolean {
  return kind !== "length" && kind !== "content-filter";
}
