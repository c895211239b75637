import { LRUCache } from "lru-cache";

import {
  type Conversation,
  type ConversationItem,
  type ConversationStore,
  usualHoldMs,
} from "../../responses/conversation-store.ts";

/** Items may hold images, so a count alone would not bound memory. In characters of JSON. */
const maximumCharacters = 268_435_456;

/** What a store in memory is made from. */
export interface MemoryConversationsOptions {
  /** So many are kept; then those that were longest not added to go. */
  readonly capacity: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Default: `usualHoldMs`. */
  readonly leaseMs?: number;
}

/** Texts rather than objects: their size is known, and nobody can change what is stored. */
interface Entry {
  head: string;
  items: readonly { readonly id: string; readonly text: string }[];
  characters: number;
  version: number;
  holder: string | undefined;
  heldUntil: number;
}

function toTexts(items: readonly ConversationItem[]): Entry["items"] {
  return items.map((item) => ({ id: item.id, text: JSON.stringify(item) }));
}

function count(items: Entry["items"]): number {
  return items.reduce((sum, { text }) => sum + text.length, 0);
}

// What was written here is what is read.
const readHead = ({ head }: Entry) => JSON.parse(head) as Conversation;
const readItem = ({ text }: Entry["items"][number]) => JSON.parse(text) as ConversationItem;

/** Keeps conversations in memory, never more than 256 Mi characters of them. They are gone when the process ends. */
export function createMemoryConversations({
  capacity,
  now,
  leaseMs = usualHoldMs,
}: MemoryConversationsOptions): ConversationStore {
  const entries = new LRUCache<string, Entry>({
    max: capacity,
    maxSize: maximumCharacters,
    sizeCalculation: ({ head, characters }) => head.length + characters,
  });
  let lastVersion = 0;

  function change(id: string, entry: Entry, items: Entry["items"], characters: number): void {
    lastVersion += 1;
    // Another object, since the cache knows the size of this one.
    entries.set(id, { ...entry, items, characters, version: lastVersion, holder: undefined, heldUntil: 0 });
  }

  const isHeld = ({ holder, heldUntil }: Entry) => holder !== undefined && heldUntil >= now();
  // `peek` does not renew: what is read is not what is added to.
  return {
    leaseMs,
    async create(conversation, items) {
      const texts = toTexts(items);
      const head = JSON.stringify(conversation);
      const entry = { head, items: [], characters: 0, version: 0, holder: undefined, heldUntil: 0 };
      change(conversation.id, entry, texts, count(texts));
    },
    async get(id) {
      const entry = entries.peek(id);
      return entry && readHead(entry);
    },
    async read(id) {
      const entry = entries.peek(id);
      if (entry === undefined) return undefined;
      const { items, characters, version } = entry;
      return { conversation: readHead(entry), items: items.map(readItem), characters, version };
    },
    async setMetadata(id, metadata) {
      const entry = entries.peek(id);
      if (entry === undefined) return false;
      entry.head = JSON.stringify({ ...readHead(entry), metadata });
      return true;
    },
    async delete(id) {
      return entries.delete(id);
    },
    async add(id, items, holder) {
      const entry = entries.peek(id);
      if (entry === undefined) return "gone";
      if (holder === undefined ? isHeld(entry) : entry.holder !== holder) return "locked";
      const texts = toTexts(items);
      change(id, entry, [...entry.items, ...texts], entry.characters + count(texts));
      return "done";
    },
    async remove(id, item) {
      const entry = entries.peek(id);
      if (entry === undefined) return "gone";
      if (isHeld(entry)) return "locked";
      const left = entry.items.filter((one) => one.id !== item);
      if (left.length === entry.items.length) return "missing";
      change(id, entry, left, count(left));
      return "done";
    },
    async lock(id, holder, version) {
      const entry = entries.peek(id);
      if (entry === undefined) return "gone";
      if (entry.version !== version || (entry.holder !== holder && isHeld(entry))) return "locked";
      entry.holder = holder;
      entry.heldUntil = now() + leaseMs;
      return "done";
    },
    async unlock(id, holder) {
      const entry = entries.peek(id);
      if (entry?.holder === holder) entry.holder = undefined;
    },
  };
}
