import {
  conversationNotFound,
  parseItemId,
  type PlacedItem,
  type ResponsesInput,
  type WireItem,
} from "../dialects/openai-responses/index.ts";
import { GatewayError, shorten } from "../errors.ts";
import type { StoredResponse } from "../store/response-store.ts";
import type { ConversationItem, ConversationStore, ReadConversation } from "./conversation-store.ts";
import { lookUp, type ResponsePlaces } from "./stored-response.ts";

/** What a request's references mean. */
export interface LoadedContext {
  /** Items of the responses before, or of the conversation, oldest first. */
  readonly history: readonly WireItem[];
  /** Stored items by id. */
  readonly references: ReadonlyMap<string, WireItem>;
  /** The conversation that the answer is added to. */
  readonly conversation: ReadConversation | undefined;
}

function outputOf(stored: StoredResponse): readonly WireItem[] {
  const { output } = stored.response;
  // Written by this gateway as the output of a response object.
  return Array.isArray(output) ? (output as readonly WireItem[]) : [];
}

/** Follows the chain of responses back to its beginning. */
async function loadHistory(places: ResponsePlaces, id: string | undefined): Promise<readonly WireItem[]> {
  const turns: (readonly WireItem[])[] = [];
  for (let next = id; next !== undefined;) {
    const stored = await lookUp(places, next);
    if (stored === undefined) {
      throw new GatewayError(
        "invalid-request",
        next === id
          ? `Previous response with id '${shorten(next)}' not found.`
          : `Previous response with id '${id}' goes back to '${next}', which is not stored any more.`,
        { param: "previous_response_id", sent: [shorten(next)] },
      );
    }
    const { status } = stored.response;
    if (status === "queued" || status === "in_progress") {
      throw new GatewayError("invalid-request", `The previous response '${next}' is not complete yet.`, {
        param: "previous_response_id",
      });
    }
    turns.push([...stored.inputItems, ...outputOf(stored)]);
    next = stored.previousId;
  }
  return turns.reverse().flat();
}

/**
 * Items by their id, for each `item_reference` among some items, as far as they are stored; those of `known` need not be looked for.
 * Rejects with what the store rejects with.
 */
export async function loadReferences(
  places: ResponsePlaces,
  items: readonly PlacedItem[],
  known: readonly ConversationItem[],
): Promise<ReadonlyMap<string, WireItem>> {
  const references = new Map<string, WireItem>(known.map((item) => [item.id, item]));
  for (const { item } of items) {
    if (item.type !== "item_reference" || references.has(item.id)) continue;
    const place = parseItemId(item.id);
    const stored = place === undefined ? undefined : await lookUp(places, place.responseId);
    if (place === undefined || stored === undefined) continue;
    const candidates = place.list === "output" ? outputOf(stored) : stored.inputItems;
    for (const candidate of candidates) {
      if (typeof candidate["id"] === "string") references.set(candidate["id"], candidate);
    }
  }
  return references;
}

/**
 * Loads what a request refers to: its conversation, or the turns behind `previous_response_id`, and the items behind each
 * `item_reference` as far as they are stored. Throws kind `invalid-request` for a previous response that is
 * not there or not complete, kind `not-found` for a conversation that is not there.
 */
export async function loadContext(
  places: ResponsePlaces & { readonly conversations: ConversationStore },
  { body, items }: ResponsesInput,
): Promise<LoadedContext> {
  const { conversation: id } = body;
  if (id === undefined) {
    const history = await loadHistory(places, body.previous_response_id);
    return { history, references: await loadReferences(places, items, []), conversation: undefined };
  }
  const conversation = await places.conversations.read(id);
  if (conversation === undefined) throw conversationNotFound(id, "conversation");
  const { items: history } = conversation;
  return { history, references: await loadReferences(places, items, history), conversation };
}
