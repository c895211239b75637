import { z } from "zod";

import { GatewayError, shorten } from "../../errors.ts";
import { dropCompacted, type OpenSummary, unsealItem } from "./compaction.ts";
import { inputItem } from "./input-schema.ts";
import { parseMessages, type PlacedItem } from "./parse-messages.ts";
import { parseTools } from "./parse-tools.ts";
import { toStoredItems, type WireItem } from "./stored-items.ts";

/** Items that were valid when they came in or went out. `param`: the field that they come by. */
export function placeStored(items: readonly WireItem[], param: string): PlacedItem[] {
  if (items.length === 0) return [];
  return z
    .array(inputItem)
    .parse(items)
    .filter(({ type }) => type !== "compaction_trigger")
    .map((item) => ({ item, param }));
}

/** The item that a reference stands for; any other is itself. Throws kind `not-found`. */
export function resolveItem(
  { item, param }: PlacedItem,
  references: ReadonlyMap<string, WireItem>,
): PlacedItem[] {
  if (item.type !== "item_reference") return [{ item, param }];
  const found = references.get(item.id);
  if (found !== undefined) return [{ item: inputItem.parse(found), param }];
  // Most models are not shown their thinking again, and no other needs it.
  if (item.id.startsWith("rs_")) return [];
  const id = shorten(item.id);
  throw new GatewayError(
    "not-found",
    `No stored item has the id '${id}'. Send the item itself, or store the response that it comes from.`,
    { param: `${param}.id`, sent: [id] },
  );
}

/** What items that are added to a conversation are judged by. */
export interface ConversationContext {
  /** The items before them. */
  readonly history: readonly WireItem[];
  /** Items by their id, for each `item_reference`. */
  readonly references: ReadonlyMap<string, WireItem>;
  readonly openSummary: OpenSummary;
  /** As of a response: items without an id get one that is made of it. */
  readonly newId: string;
}

/**
 * The items as a conversation keeps them. Throws `GatewayError` for those that no response could read: one such item would end the
 * conversation.
 */
export function resolveConversationItems(
  items: readonly PlacedItem[],
  { history, references, openSummary, newId }: ConversationContext,
): readonly WireItem[] {
  const own = items.flatMap((placed) => resolveItem(placed, references));
  const trigger = own.find(({ item }) => item.type === "compaction_trigger");
  if (trigger !== undefined) {
    throw new GatewayError(
      "invalid-request",
      "A compaction_trigger belongs into the input of a response, which then compacts its conversation.",
      { param: trigger.param },
    );
  }
  const all = dropCompacted([...placeStored(history, "conversation"), ...own]);
  const readable = all.map((placed) => unsealItem(placed, openSummary));
  parseMessages(readable, parseTools({}, readable).tools);
  return toStoredItems(
    own.map(({ item }) => item),
    newId,
  );
}
