import { parseItemId, type ResponsesInput, type WireItem } from "../dialects/openai-responses/index.ts";
import { GatewayError, shorten } from "../errors.ts";
import type { StoredResponse } from "../store/response-store.ts";
import { lookUp, type ResponsePlaces } from "./stored-response.ts";

/** What a request's references mean. */
export interface LoadedContext {
  /** Items of the responses before, oldest first. */
  readonly history: readonly WireItem[];
  /** Stored items by id. */
  readonly references: ReadonlyMap<string, WireItem>;
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
 * Loads what a request refers to: the turns behind `previous_response_id`, and the items behind each
 * `item_reference` as far as they are stored. Throws kind `invalid-request` for a previous response that is
 * not there or not complete.
 */
export async function loadContext(places: ResponsePlaces, read: ResponsesInput): Promise<LoadedContext> {
  const history = await loadHistory(places, read.body.previous_response_id);
  const references = new Map<string, WireItem>();
  for (const { item } of read.items) {
    if (item.type !== "item_reference" || references.has(item.id)) continue;
    const place = parseItemId(item.id);
    const stored = place === undefined ? undefined : await lookUp(places, place.responseId);
    if (place === undefined || stored === undefined) continue;
    const items = place.list === "output" ? outputOf(stored) : stored.inputItems;
    for (const candidate of items) {
      if (typeof candidate["id"] === "string") references.set(candidate["id"], candidate);
    }
  }
  return { history, references };
}
