import type { Effort } from "../../model/request.ts";
import type { Spellings } from "../dialect.ts";
import { parseEffort, toEffort } from "../parse-effort.ts";
import type { WireCountRequest } from "./request-schema.ts";

/** How much the model shall think, and how the body says so where that is not simply that it shall not. */
export interface ReadEffort {
  readonly effort?: Effort;
  readonly spellings: Pick<Spellings, "effort">;
}

/**
 * Reads the effort: of the last system message that sets one, else of the request; without one a budget is taken for the effort
 * that comes near to it. Thinking that is off is off, whatever the effort: it is then said by `thinking` alone.
 */
export function readEffort({
  messages,
  thinking,
  output_config: config,
}: Pick<WireCountRequest, "messages" | "thinking" | "output_config">): ReadEffort {
  if (thinking?.type === "disabled") return { effort: "none", spellings: {} };
  const changed = messages.findLast((message) => message.output_config?.effort)?.output_config?.effort;
  const word = parseEffort(changed ?? config?.effort ?? undefined);
  const budget = thinking?.budget_tokens ? toEffort(thinking.budget_tokens) : undefined;
  const effort = word ?? budget;
  if (effort === undefined) return { spellings: {} };
  const names = [
    ...(word === undefined ? [] : ["output_config.effort"]),
    ...(budget === undefined ? [] : ["thinking.budget_tokens"]),
  ];
  return { effort, spellings: { effort: names } };
}
