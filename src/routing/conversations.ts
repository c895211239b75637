import { LRUCache } from "lru-cache";

import { type Leg, legKey } from "../model/leg.ts";
import type { ConversationSigns } from "./router.ts";

/** A longer sign is none: it would only fill the memory. */
const longestSign = 256;

/**
 * The key of a conversation with one model; agents talk to several in one session. `undefined`: nothing tells it from others.
 */
export function conversationKey(model: string, signs: ConversationSigns): string | undefined {
  const usable = (sign: string | undefined): sign is string =>
    sign !== undefined && sign !== "" && sign.length <= longestSign;
  const { session, cacheKey } = signs;
  const name = `${model.slice(0, longestSign).toLowerCase()} `;
  if (usable(session)) return `${name}session ${session}`;
  if (usable(cacheKey)) return `${name}cache ${cacheKey}`;
  const beginning = signs.beginning?.();
  return usable(beginning) ? `${name}beginning ${beginning}` : undefined;
}

/** Where conversations were answered last: what they have said is in that server's cache. */
export interface Conversations {
  /** The leg of a conversation, if it is among `legs` and was used not long ago. */
  find(key: string, legs: readonly Leg[]): Leg | undefined;
  /** This leg answers the conversation now. */
  keep(key: string, leg: Leg): void;
}

/** What conversations are kept with. */
export interface ConversationsOptions {
  /** Ms since the epoch. */
  readonly now: () => number;
  /** How many, at most; those not used for longest are forgotten. Default: 10,000. */
  readonly capacity?: number;
  /** Silence after which no cache remembers a prompt, so that the configured order counts again. Default: 30 min. */
  readonly idleMs?: number;
}

/** Creates the memory of conversations. */
export function createConversations(options: ConversationsOptions): Conversations {
  const { now, capacity = 10_000, idleMs = 1_800_000 } = options;
  const places = new LRUCache<string, { readonly leg: string; readonly at: number }>({ max: capacity });
  return {
    find(key, legs) {
      const place = places.get(key);
      if (place === undefined) return undefined;
      const age = now() - place.at;
      if (age >= 0 && age < idleMs) return legs.find((leg) => legKey(leg) === place.leg);
      places.delete(key);
      return undefined;
    },
    keep(key, leg) {
      places.set(key, { leg: legKey(leg), at: now() });
    },
  };
}
