import type { FastifyBaseLogger } from "fastify";

import {
  continueThread,
  parseThread,
  ThreadNotFoundError,
  type ThreadHistory,
  toFixed,
  toWireMessages,
} from "../dialects/anthropic-messages/index.ts";
import {
  ownResponses,
  type ResponseStore,
  type StoredResponse,
  tryToStore,
} from "../store/response-store.ts";

/** A request in its place in a thread, or outside of any. */
export interface OpenTurn {
  /** The body, behind all that its thread holds. */
  readonly body: unknown;
  /**
   * Holds the turn under the id of its answer, whose content blocks `encode` gives; `undefined` without a thread. Never
   * rejects: a turn that can't be held is not found later, and then its client sends the whole conversation.
   */
  readonly hold: ((messageId: string, encode: () => readonly unknown[]) => Promise<void>) | undefined;
}

/** The threads of the Messages API, turn by turn in the store of responses, where the oldest make room for new ones. */
export interface MessageThreads {
  /**
   * Reads what a body asks of a thread, among those of `owner`, a key's id; without one, among all. Rejects with `ThreadNotFoundError` when it continues what is not held (any
   * more), with what the store rejects with, and with `invalid-request` for a `thread` that can't be understood.
   */
  open(raw: unknown, log: FastifyBaseLogger, owner?: string): Promise<OpenTurn>;
}

/** Apart from the ids of responses, which clients can fetch. */
function keyOf(messageId: string): string {
  return `thread:${messageId}`;
}

async function load(store: ResponseStore, previousId: string): Promise<ThreadHistory> {
  const turns: (readonly unknown[])[] = [];
  let fixed: ThreadHistory["fixed"] = {};
  for (let next: string | undefined = keyOf(previousId); next !== undefined;) {
    const stored: StoredResponse | undefined = await store.get(next);
    if (stored === undefined) throw new ThreadNotFoundError(previousId);
    turns.push([...stored.inputItems, { role: "assistant", content: stored.response["content"] }]);
    // Written below; of a turn that continued there is nothing in it.
    fixed = { ...fixed, ...(stored.response["fixed"] as ThreadHistory["fixed"]) };
    next = stored.previousId;
  }
  return { fixed, messages: turns.reverse().flat() };
}

/** Creates the threads. `now` is in ms since the epoch. */
export function createMessageThreads(all: ResponseStore, now: () => number): MessageThreads {
  return {
    async open(raw, log, owner) {
      const wish = parseThread(raw);
      // Only an object can ask for a thread.
      if (wish === undefined || typeof raw !== "object" || raw === null)
        return { body: raw, hold: undefined };
      const own: object = raw;
      const store = owner === undefined ? all : ownResponses(all, owner);
      const previousId = wish.type === "continue" ? wish.previousId : undefined;
      return {
        body: previousId === undefined ? own : continueThread(own, await load(store, previousId)),
        async hold(messageId, encode) {
          try {
            const stored: StoredResponse = {
              id: keyOf(messageId),
              previousId: previousId === undefined ? undefined : keyOf(previousId),
              createdAt: Math.floor(now() / 1000),
              response: { fixed: toFixed(own), content: encode() },
              inputItems: toWireMessages(own),
            };
            await tryToStore(store, stored, log);
          } catch (error) {
            log.warn({ err: error }, "a turn of a thread could not be held");
          }
        },
      };
    },
  };
}
