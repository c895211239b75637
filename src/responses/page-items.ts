import type { WireItem } from "../dialects/openai-responses/index.ts";
import type { ItemPage, ItemPageQuery } from "./response-service.ts";

/** The page of a list that a query asks for; an id that is not in the list is no bound. */
export function pageItems(inputItems: readonly WireItem[], query: ItemPageQuery): ItemPage {
  const { limit, order, after, before } = query;
  let items = order === "asc" ? [...inputItems] : [...inputItems].reverse();
  if (after !== undefined) items = items.slice(items.findIndex((item) => item["id"] === after) + 1);
  const end = before === undefined ? -1 : items.findIndex((item) => item["id"] === before);
  if (end !== -1) items = items.slice(0, end);
  return { items: items.slice(0, limit), hasMore: items.length > limit };
}
