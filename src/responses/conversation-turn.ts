import {
  conversationLocked,
  type ResponseObject,
  type ResponseWriter,
} from "../dialects/openai-responses/index.ts";
import type { EventBatch } from "../model/events.ts";
import type { Source } from "../stream/source.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import type { ConversationItem, ConversationStore, ReadConversation } from "./conversation-store.ts";

/** What a turn is made from. */
export interface ConversationTurnOptions {
  readonly conversations: ConversationStore;
  /** As it was when the request was understood. */
  readonly read: Pick<ReadConversation, "conversation" | "version">;
  /** Unique for all time. */
  readonly holder: string;
  /** What the request adds. */
  readonly inputItems: readonly ConversationItem[];
  /** Makes the same output as that of the client. */
  readonly createWriter: () => ResponseWriter;
  readonly startTimer: StartTimer;
}

/** One response that is made in a conversation, which nobody else changes meanwhile. */
export interface ConversationTurn {
  /** Takes the conversation, unless it has it. Rejects with code `conversation_locked` when another has it, or has changed it since it was read. */
  hold(): Promise<void>;
  /** Lets it go. Never rejects: what the store can't be told now ends by itself. */
  release(): Promise<void>;
  /**
   * An answer that is added to the conversation before its end is told, so that whoever knows of it can go on. One that fails or breaks off is
   * not. Rejects also when it could not be added.
   */
  around(events: Source<EventBatch>): Source<EventBatch>;
}

/** Creates the turn; nothing is held yet. */
export function createConversationTurn({
  conversations,
  read,
  holder,
  inputItems,
  createWriter,
  startTimer,
}: ConversationTurnOptions): ConversationTurn {
  const { id } = read.conversation;
  let isHeld = false;
  let stopTimer: (() => void) | undefined;

  function plan(): void {
    stopTimer = startTimer(conversations.leaseMs / 3, () => {
      // If it is lost, the end finds that out.
      conversations.lock(id, holder, read.version).catch(() => undefined);
      plan();
    });
  }

  function letGo(): void {
    isHeld = false;
    stopTimer?.();
    stopTimer = undefined;
  }

  async function hold(): Promise<void> {
    if (isHeld) return;
    // One that was deleted since it was read has nothing to be changed; the answer is as good as any.
    if ((await conversations.lock(id, holder, read.version)) === "locked")
      throw conversationLocked("conversation");
    isHeld = true;
    plan();
  }

  async function release(): Promise<void> {
    if (!isHeld) return;
    letGo();
    await conversations.unlock(id, holder).catch(() => undefined);
  }

  async function addTurn({ output }: ResponseObject): Promise<void> {
    // All items of ours have ids.
    const items = [...inputItems, ...output];
    const outcome = await conversations.add(id, items, holder);
    letGo();
    if (outcome === "locked") throw conversationLocked("conversation");
  }

  return {
    hold,
    release,
    around: (events) => async (sink) => {
      await hold();
      const writer = createWriter();
      async function takeEnd(batch: EventBatch): Promise<void> {
        await addTurn(writer.response());
        await sink(batch);
      }
      try {
        await events((batch) => {
          for (const event of batch) writer.push(event);
          return writer.ended ? takeEnd(batch) : sink(batch);
        });
      } finally {
        await release();
      }
    },
  };
}
