import { LRUCache } from "lru-cache";

import type { KeyLineage } from "../../access/access-key.ts";
import type { KeyStore } from "../../access/key-store.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Limits } from "../../access/limits.ts";
import { type ConversationStore, usualHoldMs } from "../../responses/conversation-store.ts";
import { type RunStore, usualRunBounds } from "../../responses/run-store.ts";
import type { Channel } from "../../stream/channel.ts";
import { type ResponseStore, StoreError, type StoreProblem } from "../response-store.ts";
import type { Stores } from "../stores.ts";
import { createCaller } from "./create-caller.ts";
import { type FromStores, rowStep, type ToStores } from "./protocol.ts";

/** What may be set. */
export interface ConnectOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The id of this process among those that share the stores; unique for all time. */
  readonly process: string;
  /** How many ledger rows may be on their way; what comes then is dropped and counted. A multiple of 100; default: 10,000. */
  readonly mostRows?: number;
}

/** The stores of another process. */
export interface RemoteStores extends Stores {
  /** Resolves when it has said how it begins. */
  readonly ready: Promise<void>;
}

/** A key is looked up again after so many ms, for what no process of this gateway changed. */
const freshMs = 1000;
const mostKeys = 10_000;

/**
 * The stores that the process at the other end serves. Calls are done there in the order in which they were made here; what can't be
 * asked rejects with `StoreError`. `dropped` of the ledger is what was dropped here.
 */
export function connectStores(channel: Channel, options: ConnectOptions): RemoteStores {
  const { now, mostRows = 100 * rowStep } = options;
  const say = (message: ToStores) => channel.send(message);
  const caller = createCaller(say);
  const keys = createKeyCache(now);
  const findKey = keys.remember((digest: string) => caller.ask("keys.find", digest));
  const getKey = keys.remember((id: string) => caller.ask("keys.get", id));
  let begin: (() => void) | undefined;
  let failToBegin: ((error: StoreError) => void) | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    begin = resolve;
    failToBegin = reject;
  });
  /** Rows that are on their way, and those that were dropped. */
  let sent = 0;
  let dropped = 0;
  let closed = false;
  let place: Stores["place"] = "memory";
  let hasRuns = false;

  channel.onMessage((message) => {
    // Ours is on the other side.
    const told = message as FromStores;
    if ("id" in told) caller.settle(told);
    else if ("rows" in told) sent -= told.rows;
    else {
      keys.forget(told.keys.isEmpty);
      if (told.place !== undefined) ({ place } = told);
      hasRuns ||= told.hasRuns === true;
      begin?.();
    }
  });
  channel.onClose(() => {
    closed = true;
    caller.end();
    failToBegin?.(new StoreError("unavailable", new Error("the process that has the stores is gone")));
  });
  // Whoever does not wait for it hears of it by each call.
  ready.catch(() => undefined);

  const limits: Limits = {
    async reserve(reservation) {
      const refusal = await caller.ask("limits.reserve", reservation);
      // JSON leaves out what is undefined.
      return refusal?.kind === "limit" ? { ...refusal, retryAfterMs: refusal.retryAfterMs } : refusal;
    },
    settle: (id, { tokens, nanoUsd }) => say({ settle: [id, tokens, nanoUsd] }),
    async look(asked) {
      const states = await caller.ask("limits.look", asked);
      return states.map((state) => ({ ...state, resetsAt: state.resetsAt }));
    },
    forget: (ids) => caller.ask("limits.forget", ids),
    flush: () => caller.ask("limits.flush"),
  };
  const ledger: Ledger = {
    add(row) {
      if (closed || sent >= mostRows) {
        dropped += 1;
        return;
      }
      sent += 1;
      say({ row });
    },
    get dropped() {
      return dropped;
    },
    list: (query) => caller.ask("ledger.list", query),
    sum: (query) => caller.ask("ledger.sum", query),
    activity: (query) => caller.ask("ledger.activity", query),
    async flush() {
      if (!closed) await caller.ask("ledger.flush");
    },
  };
  const remoteKeys: KeyStore = {
    get isEmpty() {
      return keys.isEmpty;
    },
    find: findKey,
    get: getKey,
    list: () => caller.ask("keys.list"),
    create: (key, digest) => caller.ask("keys.create", key, digest),
    change: (id, change) => caller.ask("keys.change", id, change),
    prune: (endedBefore) => caller.ask("keys.prune", endedBefore),
  };

  const runs: RunStore = {
    leaseMs: usualRunBounds.leaseMs,
    begin: (...of) => caller.ask("runs.begin", ...of),
    append: (...of) => caller.ask("runs.append", ...of),
    read: (...of) => caller.ask("runs.read", ...of),
    wish: (...of) => caller.ask("runs.wish", ...of),
    reap: (...of) => caller.ask("runs.reap", ...of),
    settle: (...of) => caller.ask("runs.settle", ...of),
    forget: (...of) => caller.ask("runs.forget", ...of),
    leave: (...of) => caller.ask("runs.leave", ...of),
  };

  return {
    ready,
    responses: createRemoteResponses(caller),
    conversations: createRemoteConversations(caller),
    keys: remoteKeys,
    limits,
    ledger,
    traces: {
      put(trace) {
        if (!closed) say({ trace });
      },
      get: (id) => caller.ask("traces.get", id),
      list: (limit) => caller.ask("traces.list", limit),
    },
    get place() {
      return place;
    },
    get runs() {
      return hasRuns ? runs : undefined;
    },
    owner: options.process,
    async close() {
      if (closed) return;
      closed = true;
      await Promise.all([caller.ask("limits.flush"), caller.ask("ledger.flush")]);
    },
  };
}

/** Keys as the other process last said, until it says that they changed. */
interface KeyCache {
  readonly isEmpty: boolean;
  /** The same question, answered from memory where it was asked lately. */
  remember(
    this: void,
    ask: (of: string) => Promise<KeyLineage | undefined>,
  ): (of: string) => Promise<KeyLineage | undefined>;
  forget(isEmpty: boolean): void;
}

function createKeyCache(now: () => number): KeyCache {
  const caches: { clear(): void }[] = [];
  // Before it is known, nobody is let in for it.
  let isEmpty = false;
  let changes = 0;
  return {
    get isEmpty() {
      return isEmpty;
    },
    remember(ask) {
      const known = new LRUCache<string, { readonly lineage: KeyLineage; readonly at: number }>({
        max: mostKeys,
      });
      caches.push(known);
      return async (of) => {
        const found = known.get(of);
        const at = now();
        if (found !== undefined && at >= found.at && at - found.at < freshMs) return found.lineage;
        const before = changes;
        const lineage = await ask(of);
        // What was on its way while they changed may be what was before.
        if (lineage !== undefined && changes === before) known.set(of, { lineage, at });
        return lineage;
      };
    },
    forget(empty) {
      isEmpty = empty;
      changes += 1;
      for (const cache of caches) cache.clear();
    },
  };
}

function createRemoteResponses(caller: ReturnType<typeof createCaller>): ResponseStore {
  let problem: StoreProblem | undefined;
  return {
    get problem() {
      return problem;
    },
    isShared: true,
    get: (id) => caller.ask("responses.get", id),
    async put(stored) {
      try {
        await caller.ask("responses.put", stored);
        problem = undefined;
      } catch (error) {
        if (error instanceof StoreError) ({ problem } = error);
        throw error;
      }
    },
    delete: (id) => caller.ask("responses.delete", id),
    // It is its owner's.
    async close() {},
  };
}

function createRemoteConversations(caller: ReturnType<typeof createCaller>): ConversationStore {
  return {
    leaseMs: usualHoldMs,
    create: (...of) => caller.ask("conversations.create", ...of),
    get: (id) => caller.ask("conversations.get", id),
    read: (id) => caller.ask("conversations.read", id),
    setMetadata: (...of) => caller.ask("conversations.setMetadata", ...of),
    delete: (id) => caller.ask("conversations.delete", id),
    add: (...of) => caller.ask("conversations.add", ...of),
    remove: (...of) => caller.ask("conversations.remove", ...of),
    lock: (...of) => caller.ask("conversations.lock", ...of),
    unlock: (...of) => caller.ask("conversations.unlock", ...of),
  };
}
