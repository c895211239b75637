import type { AccessKey, KeyChange, KeyLineage } from "./access-key.ts";

/** Where keys are kept, by the SHA-256 of their secrets (base64url). Everything rejects with `StoreError` while the store is away. */
export interface KeyStore {
  /**
   * The key with this digest, revoked and expired ones too: whoever asks looks at that. Asked for each request, so it answers from
   * memory where it can; a change shows in other processes within `freshMs`.
   */
  find(digest: string): Promise<KeyLineage | undefined>;
  /** By its id, as fresh and as cheap as `find`: asked for each answer, since a key may change while a request comes in. */
  get(id: string): Promise<KeyLineage | undefined>;
  /** All that are kept, revoked ones too, the newest first. */
  list(): Promise<readonly AccessKey[]>;
  /**
   * Keeps a new key, whose parent is kept already. Resolves when a crash can't lose it any more. A budget with the id of one that is kept
   * stays as it is kept.
   */
  create(key: AccessKey, digest: string): Promise<void>;
  /**
   * Changes a key and resolves, when a crash can't lose that any more, with the key as it then is; `undefined` if there is none. A budget with the
   * id of its own changes it for all that have it; one with another id that is kept is joined, and stays as it is kept.
   */
  change(id: string, change: KeyChange & { readonly revokedAt?: number }): Promise<AccessKey | undefined>;
  /**
   * Forgets the keys that ended before then (ms since the epoch), by their own end or that of one that they descend from; never all of
   * them. What was changed meanwhile stays. Resolves with the ids of the limits that bind nobody any more, for `Limits.forget`.
   */
  prune(endedBefore: number): Promise<readonly string[]>;
  /**
   * Whether there is no key, not even a revoked one: then, and without tokens of the operator, anybody may ask. Once false it stays so. As old as `freshMs`: a key
   * that another process has just made is found all the same.
   */
  readonly isEmpty: boolean;
}
