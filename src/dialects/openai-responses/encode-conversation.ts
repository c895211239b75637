import type { WireItem } from "./stored-items.ts";

/** A conversation as it is shown. Source: OpenAI's reference, "The conversation object". `createdAt` is unix time in s. */
export function encodeConversation(conversation: {
  readonly id: string;
  readonly createdAt: number;
  readonly metadata: Readonly<Record<string, string>>;
}) {
  const { id, createdAt, metadata } = conversation;
  return { id, object: "conversation", created_at: createdAt, metadata } as const;
}

/** What is said of one that was deleted. */
export function encodeDeletedConversation(id: string) {
  return { id, object: "conversation.deleted", deleted: true } as const;
}

/** A page of items: of a conversation, or of a response's input. */
export function encodeItemList(items: readonly WireItem[], hasMore: boolean) {
  return {
    object: "list",
    data: items,
    first_id: items[0]?.["id"] ?? null,
    last_id: items.at(-1)?.["id"] ?? null,
    has_more: hasMore,
  } as const;
}
