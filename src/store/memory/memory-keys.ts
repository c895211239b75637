import type { AccessKey, Budget, KeyChange, KeyLineage } from "../../access/access-key.ts";
import { applyKeyChange } from "../../access/apply-key-change.ts";
import { findEndedKeys } from "../../access/ended-keys.ts";
import type { KeyStore } from "../../access/key-store.ts";

/** A key and the digest by which it is found. */
export interface KeptKey {
  readonly key: AccessKey;
  readonly digest: string;
}

/** All keys in memory. What can go wrong is the caller's mistake. */
export interface KeyMap {
  readonly isEmpty: boolean;
  find(digest: string): KeyLineage | undefined;
  get(id: string): KeyLineage | undefined;
  list(): readonly AccessKey[];
  /** False also of a key that there is not. */
  isRevoked(id: string): boolean;
  /** Puts a key in place of that with its id. If it had its budget before, that is from now on so for all who have it; else what is there stays. */
  put(kept: KeptKey): void;
  /** Takes keys out, with them all that descend from them. */
  remove(ids: readonly string[]): void;
  /** Puts these in place of all. */
  replace(all: Iterable<KeptKey>): void;
}

/** Keys in memory, as {@link KeyStore} and for those who decide by them. */
export interface MemoryKeys extends KeyStore {
  isRevoked(id: string): boolean;
}

/** Creates an empty map. A key is found in the time of two look-ups, with its lineage made once. */
export function createKeyMap(): KeyMap {
  const keys = new Map<string, AccessKey>();
  const idOfDigest = new Map<string, string>();
  /** Keys that share a budget share what it is now. */
  const budgets = new Map<string, Budget>();
  const lineages = new Map<string, KeyLineage>();

  function read(id: string): AccessKey | undefined {
    const key = keys.get(id);
    const budget = key?.budget === undefined ? undefined : budgets.get(key.budget.id);
    return key === undefined || budget === undefined ? key : { ...key, budget };
  }

  function trace(id: string): KeyLineage | undefined {
    const known = lineages.get(id);
    if (known !== undefined) return known;
    const key = read(id);
    if (key === undefined) return undefined;
    const ancestors: AccessKey[] = [];
    for (let { parent } = key; parent !== undefined; parent = ancestors.at(-1)?.parent) {
      const ancestor = read(parent);
      // Without it nobody knows what binds the key: then nobody may use it.
      if (ancestor === undefined)
        throw new Error(`the key ${key.id} descends from ${parent}, which is not kept`);
      ancestors.push(ancestor);
    }
    const lineage = { key, ancestors };
    lineages.set(id, lineage);
    return lineage;
  }

  function put({ key, digest }: KeptKey): void {
    const { budget } = key;
    const isOwn = budget !== undefined && keys.get(key.id)?.budget?.id === budget.id;
    if (budget !== undefined && (isOwn || !budgets.has(budget.id))) budgets.set(budget.id, budget);
    keys.set(key.id, key);
    idOfDigest.set(digest, key.id);
    lineages.clear();
  }

  function remove(ids: readonly string[]): void {
    for (const id of ids) keys.delete(id);
    for (const [digest, id] of idOfDigest) if (!keys.has(id)) idOfDigest.delete(digest);
    const shared = new Set([...keys.values()].map(({ budget }) => budget?.id));
    for (const id of budgets.keys()) if (!shared.has(id)) budgets.delete(id);
    lineages.clear();
  }

  return {
    get isEmpty() {
      return keys.size === 0;
    },
    remove,
    find(digest) {
      const id = idOfDigest.get(digest);
      return id === undefined ? undefined : trace(id);
    },
    get: trace,
    list: () =>
      [...keys.keys()]
        .reverse()
        .flatMap((id) => read(id) ?? [])
        .sort((one, other) => other.createdAt - one.createdAt),
    isRevoked: (id) => keys.get(id)?.revokedAt !== undefined,
    put,
    replace(all) {
      for (const map of [keys, idOfDigest, budgets, lineages]) map.clear();
      for (const kept of all) put(kept);
    },
  };
}

/** Keys that are gone when the process ends. */
export function createMemoryKeys(): MemoryKeys {
  const map = createKeyMap();
  const digests = new Map<string, string>();
  return {
    get isEmpty() {
      return map.isEmpty;
    },
    find: async (digest) => map.find(digest),
    get: async (id) => map.get(id),
    list: async () => map.list(),
    async create(key, digest) {
      if (map.get(key.id) !== undefined || map.find(digest) !== undefined)
        throw new Error(`the key ${key.id} is kept already`);
      if (key.parent !== undefined && map.get(key.parent) === undefined)
        throw new Error(`there is no key ${key.parent}, of which ${key.id} is a child`);
      digests.set(key.id, digest);
      map.put({ key, digest });
    },
    async change(id, change: KeyChange & { readonly revokedAt?: number }) {
      const present = map.get(id)?.key;
      const digest = digests.get(id);
      if (present === undefined || digest === undefined) return undefined;
      map.put({ key: applyKeyChange(present, change), digest });
      return map.get(id)?.key;
    },
    async prune(endedBefore) {
      const { keys, limits } = findEndedKeys(map.list(), endedBefore);
      map.remove(keys);
      for (const id of keys) digests.delete(id);
      return limits;
    },
    isRevoked: (id) => map.isRevoked(id),
  };
}
