import { LRUCache } from "lru-cache";

import type { FindReasoningDetails } from "./encode-messages.ts";
import type { JsonObject } from "./read-json.ts";

/** Keeps what OpenRouter gives beside answers and wants back with the next turn; clients don't have it. */
export interface RememberedDetails {
  /** By the ids of the calls of the answer: answers without calls need nothing back. */
  add(callIds: readonly string[], details: readonly JsonObject[]): void;
  readonly find: FindReasoningDetails;
}

const mostAnswers = 500;
const mostCharacters = 200_000;

/** Creates one. The oldest are forgotten first; then the model thinks anew. */
export function createRememberedDetails(): RememberedDetails {
  const known = new LRUCache<string, readonly JsonObject[]>({ max: mostAnswers });
  return {
    add(callIds, details) {
      const [first] = callIds;
      if (first === undefined || details.length === 0) return;
      if (JSON.stringify(details).length <= mostCharacters) known.set(first, details);
    },
    find(message) {
      if (message.role !== "assistant") return undefined;
      const call = message.parts.find((part) => part.type === "tool-call");
      return call === undefined ? undefined : known.get(call.callId);
    },
  };
}
