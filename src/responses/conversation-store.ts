/** What a client attaches. */
export type Metadata = Readonly<Record<string, string>>;

/** A conversation without its items. */
export interface Conversation {
  readonly id: string;
  /** The id of the key that made it. Absent: nobody's own. */
  readonly owner?: string;
  /** Unix time in s. */
  readonly createdAt: number;
  readonly metadata: Metadata;
}

/** An item as the API shows it; `id` is unique within its conversation. */
export type ConversationItem = Readonly<Record<string, unknown>> & { readonly id: string };

/** A conversation as it was at one moment. */
export interface ReadConversation {
  readonly conversation: Conversation;
  /** The oldest first. */
  readonly items: readonly ConversationItem[];
  /** Of the JSON of all items. */
  readonly characters: number;
  /** Another number whenever the items are others. */
  readonly version: number;
}

/** What became of a change: `locked`: somebody else holds the conversation, or has changed it; `gone`: there is no such conversation. */
export type ConversationOutcome = "done" | "locked" | "gone";

/**
 * Where conversations live. Everything is plain data, so that it can be told to another process, and everything rejects with a `StoreError`
 * (`store/response-store.ts`) and no other.
 *
 * Who answers in a conversation holds it, from before the model is asked until the answer is added, by an id that is unique for all time. A
 * holder that does not say for `leaseMs` that it goes on (`lock`) is taken for dead: then others may change and hold the conversation.
 */
export interface ConversationStore {
  readonly leaseMs: number;
  /** Keeps a new one. Evicts those that were longest not added to when there are too many, or too large ones. */
  create(conversation: Conversation, items: readonly ConversationItem[]): Promise<void>;
  get(id: string): Promise<Conversation | undefined>;
  read(id: string): Promise<ReadConversation | undefined>;
  /** False when there is no such conversation. */
  setMetadata(id: string, metadata: Metadata): Promise<boolean>;
  /** With its items, whoever holds it. False when there was none. */
  delete(id: string): Promise<boolean>;
  /** Adds items at the end, all or none. As its `holder`: only if nobody else changed it since it was locked; then it is free again. */
  add(id: string, items: readonly ConversationItem[], holder?: string): Promise<ConversationOutcome>;
  /** Deletes an item, unless somebody holds the conversation. `missing`: it has no such item. */
  remove(id: string, item: string): Promise<ConversationOutcome | "missing">;
  /** Holds a conversation that is still of the version that was read, or goes on to hold it. */
  lock(id: string, holder: string, version: number): Promise<ConversationOutcome>;
  /** Nothing for one that somebody else holds, or nobody. */
  unlock(id: string, holder: string): Promise<void>;
}

/** How long a holder that says nothing is taken for alive, in ms, where nothing else is said. */
export const usualHoldMs = 15_000;

/** The conversations of one owner, in a store that has those of others, too: what is not its own, is not there. */
export function ownConversations(store: ConversationStore, owner: string): ConversationStore {
  async function isOwn(id: string): Promise<boolean> {
    return (await store.get(id))?.owner === owner;
  }

  return {
    leaseMs: store.leaseMs,
    create: (conversation, items) => store.create({ ...conversation, owner }, items),
    async get(id) {
      const found = await store.get(id);
      return found?.owner === owner ? found : undefined;
    },
    async read(id) {
      const found = await store.read(id);
      return found?.conversation.owner === owner ? found : undefined;
    },
    setMetadata: async (id, metadata) => (await isOwn(id)) && store.setMetadata(id, metadata),
    delete: async (id) => (await isOwn(id)) && store.delete(id),
    async add(id, items, holder) {
      // Who holds it has read it.
      return holder !== undefined || (await isOwn(id)) ? store.add(id, items, holder) : "gone";
    },
    remove: async (id, item) => ((await isOwn(id)) ? store.remove(id, item) : "gone"),
    // For a version, which only who has read it knows.
    lock: (id, holder, version) => store.lock(id, holder, version),
    unlock: (id, holder) => store.unlock(id, holder),
  };
}
