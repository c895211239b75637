import type { PlacedItem } from "../dialects/openai-responses/index.ts";
import type { Conversation, ConversationItem, Metadata } from "./conversation-store.ts";
import type { ItemPage, ItemPageQuery } from "./response-service.ts";

/**
 * Conversations, to which the responses that are made in them are added, and clients' own items. All methods reject with `GatewayError`: kind `not-found` for
 * an id of nothing, code `conversation_locked` while a response is made in the conversation, kind `overloaded` when the store can't be asked.
 */
export interface ConversationService {
  create(given: {
    readonly items: readonly PlacedItem[];
    readonly metadata: Metadata;
  }): Promise<Conversation>;
  retrieve(id: string): Promise<Conversation>;
  /** Puts the metadata in the place of what was. */
  update(id: string, metadata: Metadata): Promise<Conversation>;
  /** With its items; responses that were made in it stay. A response that is being made in it is not added. */
  delete(id: string): Promise<void>;
  /** Resolves with the items as they were added. */
  addItems(id: string, items: readonly PlacedItem[]): Promise<readonly ConversationItem[]>;
  listItems(id: string, query: ItemPageQuery): Promise<ItemPage>;
  retrieveItem(id: string, item: string): Promise<ConversationItem>;
  /** Resolves with the conversation that it was in. */
  deleteItem(id: string, item: string): Promise<Conversation>;
}
