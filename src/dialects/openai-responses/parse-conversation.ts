import { findIgnored } from "../find-ignored.ts";
import { parseBody } from "../parse-body.ts";
import {
  conversationItemsSchema,
  conversationSchema,
  conversationUpdateSchema,
} from "./conversation-schema.ts";
import type { InputItem } from "./input-schema.ts";
import type { PlacedItem } from "./parse-messages.ts";

/** What a body of the Conversations API asks for. */
export interface ParsedConversation {
  readonly items: readonly PlacedItem[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Fields without effect. */
  readonly ignored: readonly string[];
}

function place(items: readonly InputItem[]): readonly PlacedItem[] {
  return items.map((item, index) => ({ item, param: `items[${index}]` }));
}

/** Reads a conversation to be made; no body is an empty one. Throws kind `invalid-request` that names the wrong field. */
export function parseConversation(body: unknown): ParsedConversation {
  const parsed = parseBody(conversationSchema, body ?? {});
  const ignored = findIgnored(parsed, new Set(Object.keys(conversationSchema.shape)));
  return { items: place(parsed.items ?? []), metadata: parsed.metadata ?? {}, ignored };
}

/** Reads the metadata that takes the place of what was. Likewise. */
export function parseConversationUpdate(body: unknown): Omit<ParsedConversation, "items"> {
  const parsed = parseBody(conversationUpdateSchema, body ?? {});
  const ignored = findIgnored(parsed, new Set(Object.keys(conversationUpdateSchema.shape)));
  return { metadata: parsed.metadata ?? {}, ignored };
}

/** Reads items to be added. Likewise. */
export function parseConversationItems(body: unknown): Omit<ParsedConversation, "metadata"> {
  const parsed = parseBody(conversationItemsSchema, body ?? {});
  const ignored = findIgnored(parsed, new Set(Object.keys(conversationItemsSchema.shape)));
  return { items: place(parsed.items), ignored };
}
