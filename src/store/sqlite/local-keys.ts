import type { AccessKey, KeyChange } from "../../access/access-key.ts";
import type { KeyStore } from "../../access/key-store.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { createKeyMap, type KeyMap } from "../memory/memory-keys.ts";
import { StoreError } from "../response-store.ts";
import type { StoreWatch } from "../store-watch.ts";
import type { Database } from "./create-database.ts";
import type { KeyCommand, KeyOutcome, KeyRows } from "./key-rows.ts";
import type { LocalCommand, LocalQuery } from "./local-table.ts";
import { DatabaseError } from "./protocol.ts";

/** What keys in a file are made from. */
export interface LocalKeysOptions {
  readonly database: Database<LocalQuery, LocalCommand>;
  readonly watch: StoreWatch;
  /** How often what other processes changed is looked for, in ms. */
  readonly freshMs: number;
  readonly startTimer: StartTimer;
}

/** Keys in a file, all of them in memory, too. */
export interface LocalKeys extends KeyStore {
  isRevoked(id: string): boolean;
  /** Looks for no more changes. */
  close(): void;
}

/** Reads all keys, then looks every `freshMs` whether another process (a command, a second gateway) changed any. */
export async function openLocalKeys(options: LocalKeysOptions): Promise<LocalKeys> {
  const { database, watch, freshMs, startTimer } = options;
  const map: KeyMap = createKeyMap();
  let revision: number | undefined;
  /** Of this process, so that what was read before one of them is not taken for newer. */
  let writes = 0;
  let stopTimer: (() => void) | undefined;
  let closed = false;

  async function read(): Promise<void> {
    const before = writes;
    // A KeyRows, or nothing new.
    const found = (await database.read({ keys: { since: revision } })) as KeyRows | undefined;
    if (found === undefined || before !== writes) return;
    // Who takes the file away must not open the gateway to everybody.
    if (found.rows.length === 0 && !map.isEmpty)
      throw new DatabaseError("unavailable", "its file holds no keys any more; those in memory go on");
    map.replace(found.rows);
    ({ revision } = found);
  }

  async function refresh(): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!closed) report("get", error);
    }
    if (!closed) stopTimer = startTimer(freshMs, () => void refresh());
  }

  function report(call: "get" | "put", error: unknown): DatabaseError {
    const known =
      error instanceof DatabaseError ? error : new DatabaseError("unavailable", "what is kept is no key");
    watch.failed(call, known);
    return known;
  }

  async function write(command: KeyCommand): Promise<KeyOutcome> {
    try {
      const outcome = (await database.write({ keys: command }, 0)) as KeyOutcome;
      watch.stored();
      if (outcome.kind === "kept" || outcome.kind === "pruned") take(outcome);
      return outcome;
    } catch (error) {
      throw new StoreError(report("put", error).problem, error);
    }
  }

  function take(outcome: KeyOutcome & { kind: "kept" | "pruned" }): void {
    writes += 1;
    if (outcome.kind === "kept") map.put(outcome);
    else map.remove(outcome.ended.keys);
    // Else another process changed something in between: it is read at the next look.
    if (outcome.revision === (revision ?? 0) + 1) ({ revision } = outcome);
  }

  await read();
  stopTimer = startTimer(freshMs, () => void refresh());

  return {
    get isEmpty() {
      return map.isEmpty;
    },
    find: async (digest) => map.find(digest),
    get: async (id) => map.get(id),
    list: async () => map.list(),
    async create(key: AccessKey, digest: string) {
      const { kind } = await write({ create: key, digest });
      if (kind === "taken") throw new Error(`the key ${key.id} is kept already`);
      if (kind === "orphan") throw new Error(`there is no key ${key.parent}, of which ${key.id} is a child`);
    },
    async change(id: string, change: KeyChange & { readonly revokedAt?: number }) {
      const outcome = await write({ id, change });
      return outcome.kind === "kept" ? map.get(id)?.key : undefined;
    },
    async prune(endedBefore) {
      const outcome = await write({ endedBefore });
      return outcome.kind === "pruned" ? outcome.ended.limits : [];
    },
    isRevoked: (id) => map.isRevoked(id),
    close() {
      closed = true;
      stopTimer?.();
    },
  };
}
