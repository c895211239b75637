import {
  conversationLocked,
  conversationNotFound,
  type PlacedItem,
  resolveConversationItems,
} from "../dialects/openai-responses/index.ts";
import { GatewayError, shorten } from "../errors.ts";
import { checkNewItems } from "./check-new-items.ts";
import type { ConversationService } from "./conversation-service.ts";
import type { Conversation, ConversationItem, ReadConversation } from "./conversation-store.ts";
import { loadReferences } from "./load-context.ts";
import { pageItems } from "./page-items.ts";
import type { ResponseDependencies } from "./prepare-response.ts";

const param = "conversation_id";

function itemNotFound(conversation: string, item: string): GatewayError {
  const sent = [shorten(item), shorten(conversation)];
  return new GatewayError("not-found", `Item with id '${sent[0]}' not found in conversation '${sent[1]}'.`, {
    param: "item_id",
    sent,
  });
}

/** Creates the service over the conversations of one scope. */
export function createConversationService(
  deps: Pick<ResponseDependencies, "conversations" | "store" | "runs" | "summaries" | "newId" | "now">,
): ConversationService {
  const { conversations, summaries, newId, now } = deps;

  async function read(id: string): Promise<ReadConversation> {
    const found = await conversations.read(id);
    if (found === undefined) throw conversationNotFound(id, param);
    return found;
  }

  async function retrieve(id: string): Promise<Conversation> {
    const found = await conversations.get(id);
    if (found === undefined) throw conversationNotFound(id, param);
    return found;
  }

  /** The items as they are kept behind what is there. */
  async function resolve(
    items: readonly PlacedItem[],
    before: Pick<ReadConversation, "items" | "characters">,
  ): Promise<readonly ConversationItem[]> {
    const references = await loadReferences(deps, items, before.items);
    const resolved = resolveConversationItems(items, {
      history: before.items,
      references,
      openSummary: summaries.open,
      newId: newId("resp_"),
    });
    return checkNewItems(resolved, before, "items");
  }

  return {
    async create({ items, metadata }) {
      const kept = await resolve(items, { items: [], characters: 0 });
      const conversation = { id: newId("conv_"), createdAt: Math.floor(now() / 1000), metadata };
      await conversations.create(conversation, kept);
      return conversation;
    },
    retrieve,
    async update(id, metadata) {
      if (!(await conversations.setMetadata(id, metadata))) throw conversationNotFound(id, param);
      return retrieve(id);
    },
    async delete(id) {
      if (!(await conversations.delete(id))) throw conversationNotFound(id, param);
    },
    async addItems(id, items) {
      const kept = await resolve(items, await read(id));
      const outcome = await conversations.add(id, kept);
      if (outcome === "gone") throw conversationNotFound(id, param);
      if (outcome === "locked") throw conversationLocked(param);
      return kept;
    },
    listItems: async (id, query) => pageItems((await read(id)).items, query),
    async retrieveItem(id, item) {
      const found = (await read(id)).items.find((one) => one.id === item);
      if (found === undefined) throw itemNotFound(id, item);
      return found;
    },
    async deleteItem(id, item) {
      const outcome = await conversations.remove(id, item);
      if (outcome === "missing") throw itemNotFound(id, item);
      if (outcome === "gone") throw conversationNotFound(id, param);
      if (outcome === "locked") throw conversationLocked(param);
      return retrieve(id);
    },
  };
}
