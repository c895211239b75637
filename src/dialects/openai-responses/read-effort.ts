import type { Effort } from "../../model/request.ts";
import { parseEffort } from "../parse-effort.ts";
import type { PlacedItem } from "./parse-messages.ts";
import type { RequestBody } from "./request-schema.ts";

/** The effort of a request, which the conversation may change, and the fields that say it. */
export function readEffort(
  { reasoning }: Pick<RequestBody, "reasoning">,
  items: readonly PlacedItem[],
): { readonly effort: Effort | undefined; readonly names: readonly string[] } {
  const first = parseEffort(reasoning?.effort);
  const changes = items.flatMap(({ item }) =>
    item.type === "configuration_update" ? (parseEffort(item.reasoning?.effort) ?? []) : [],
  );
  return {
    effort: changes.at(-1) ?? first,
    names: [
      ...(first === undefined ? [] : ["reasoning.effort"]),
      ...(changes.length === 0 ? [] : ["input[configuration_update].reasoning"]),
    ],
  };
}
