import type { WireItem } from "../dialects/openai-responses/index.ts";
import { GatewayError, shorten } from "../errors.ts";
import type { ConversationItem, ReadConversation } from "./conversation-store.ts";

/** What one conversation may hold: more than any model reads, and no more than a process can have in its memory several times. */
const most = { items: 10_000, characters: 16_777_216 } as const;

/**
 * Items with their ids, which have to be their own within a conversation. Throws kind `invalid-request` for an id that is there already, and when the conversation
 * has no room for them. `param`: the field that they come by.
 */
export function checkNewItems(
  added: readonly WireItem[],
  { items, characters }: Pick<ReadConversation, "items" | "characters">,
  param: string,
): readonly ConversationItem[] {
  const known = new Set(items.map(({ id }) => id));
  const checked = added.map((item, index) => {
    const id = String(item["id"]);
    if (known.has(id)) {
      const shown = shorten(id);
      throw new GatewayError(
        "invalid-request",
        `Duplicate item found with id ${shown}. Remove it: the conversation has it already.`,
        { param: `${param}[${index}].id`, sent: [shown] },
      );
    }
    known.add(id);
    return { ...item, id };
  });
  const size = checked.reduce((sum, item) => sum + JSON.stringify(item).length, characters);
  if (known.size > most.items || size > most.characters) {
    throw new GatewayError(
      "invalid-request",
      `The conversation is full: it may hold ${most.items} items and ${most.characters} characters. Begin a new one, or delete items of it.`,
      { param: "conversation" },
    );
  }
  return checked;
}
