import { GatewayError, shorten } from "../errors.ts";
import type { AccessKey, Budget, KeyChange, KeyLimits, KeyLineage } from "./access-key.ts";
import { findEnd } from "./caller.ts";
import { createSecret, digestOf, hintOf } from "./key-secret.ts";
import type { KeyStore } from "./key-store.ts";
import { limitsOf } from "./limits-of.ts";
import type { Limits, LimitState } from "./limits.ts";

/** A budget that is wished for: a new one, or one that other keys have already. */
export type BudgetWish = Omit<Budget, "id"> | Pick<Budget, "id">;

/** A key that is wished for. */
export interface KeyWish extends KeyLimits {
  readonly name: string;
  readonly expiresAt?: number;
  readonly parent?: string;
  readonly models?: readonly string[];
  readonly dialects?: NonNullable<AccessKey["dialects"]>;
  readonly budget?: BudgetWish;
  readonly trace?: boolean;
}

/** What may be changed of a key; `null` takes a limit away. */
export type KeyWishChange = Omit<KeyChange, "budget"> & { readonly budget?: BudgetWish | null };

/** What the service needs. */
export interface KeyServiceOptions {
  readonly keys: KeyStore;
  readonly limits: Pick<Limits, "look">;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly newId: (prefix: "key_" | "bud_") => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Makes, shows and ends keys. `within`: the key that asks, which sees and makes its descendants alone; `undefined`: the operator, who
 * sees all. Rejects with `GatewayError`: `not-found`, `invalid-request` with the field, and what the store rejects with.
 */
export interface KeyService {
  /** The secret is in the answer, and nowhere else. */
  create(wish: KeyWish, within?: string): Promise<{ readonly key: AccessKey; readonly secret: string }>;
  list(within?: string): Promise<readonly AccessKey[]>;
  get(id: string, within?: string): Promise<KeyLineage>;
  /** How all limits stand that bind a key. */
  look(lineage: KeyLineage): Promise<readonly LimitState[]>;
  change(id: string, change: KeyWishChange, within?: string): Promise<AccessKey>;
  /** Ends a key and with it its descendants. One that has ended stays as it is. */
  revoke(id: string, within?: string): Promise<AccessKey>;
}

/** So many generations of keys. */
const deepest = 8;
/** So many keys that a key may have made and that have not ended. */
const mostChildren = 1000;

const limitFields = {
  requestsPerMinute: "requests_per_minute",
  tokensPerMinute: "tokens_per_minute",
  tokensPerDay: "tokens_per_day",
  concurrency: "concurrency",
} as const satisfies Record<keyof KeyLimits, string>;

function wrong(param: string, message: string): GatewayError {
  return new GatewayError("invalid-request", `\`${param}\`: ${message}`, { param, shouldRetry: false });
}

/** Creates the service. */
export function createKeyService({ keys, limits, randomBytes, newId, now }: KeyServiceOptions): KeyService {
  async function get(id: string, within?: string): Promise<KeyLineage> {
    const lineage = await keys.get(id);
    if (lineage !== undefined && isSeen(lineage, within)) return lineage;
    throw new GatewayError("not-found", `There is no key '${shorten(id)}'.`, {
      param: "id",
      shouldRetry: false,
    });
  }

  /** The keys that a new child of `parent` descends from. */
  async function findAncestors(
    parent: string | undefined,
    within: string | undefined,
  ): Promise<readonly AccessKey[]> {
    const id = parent ?? within;
    if (id === undefined) return [];
    const lineage = await keys.get(id);
    if (lineage === undefined || !isSeen(lineage, within, { itself: true }))
      throw wrong("parent", `there is no key '${shorten(id)}'.`);
    const end = findEnd(lineage, now());
    if (end !== undefined)
      throw wrong(
        "parent",
        `the key '${end.key.name}' ${end.ended === "revoked" ? "was revoked" : "has expired"}.`,
      );
    const ancestors = [lineage.key, ...lineage.ancestors];
    if (ancestors.length >= deepest) throw wrong("parent", `keys can have ${deepest} generations at most.`);
    if (within !== undefined) await checkRoom(lineage.key);
    return ancestors;
  }

  /** What a key makes by itself is bounded. */
  async function checkRoom({ id }: AccessKey): Promise<void> {
    const all = await keys.list();
    const living = all.filter(
      (key) => key.parent === id && findEnd({ key, ancestors: [] }, now()) === undefined,
    );
    if (living.length >= mostChildren) {
      throw new GatewayError(
        "rate-limited",
        `This key has ${mostChildren} keys of its own already. Revoke some of them.`,
        {
          shouldRetry: false,
        },
      );
    }
  }

  async function toBudget(
    wish: BudgetWish,
    ancestors: readonly AccessKey[],
    within: string | undefined,
  ): Promise<Budget> {
    if ("amount" in wish) return { id: newId("bud_"), ...wish };
    const holders = within === undefined ? await keys.list() : ancestors;
    const budget = holders.find((key) => key.budget?.id === wish.id)?.budget;
    if (budget !== undefined) return budget;
    throw wrong("budget.id", `no key has a budget '${shorten(wish.id)}'.`);
  }

  return {
    get,
    look: ({ key, ancestors }) => limits.look(limitsOf([key, ...ancestors])),
    async list(within) {
      const all = await keys.list();
      if (within === undefined) return all;
      const descendants = new Set([within]);
      // A child is newer than its parent, and the newest stand first.
      for (const { id, parent } of all.toReversed()) {
        if (parent !== undefined && descendants.has(parent)) descendants.add(id);
      }
      return all.filter(({ id }) => id !== within && descendants.has(id));
    },
    async create(wish, within) {
      const ancestors = await findAncestors(wish.parent, within);
      checkWithin(wish, ancestors, now());
      const { budget, parent: _parent, ...rest } = wish;
      const secret = createSecret(randomBytes);
      const [parent] = ancestors;
      const key: AccessKey = {
        ...rest,
        id: newId("key_"),
        hint: hintOf(secret),
        createdAt: now(),
        ...(parent === undefined ? {} : { parent: parent.id }),
        ...(budget === undefined ? {} : { budget: await toBudget(budget, ancestors, within) }),
      };
      await keys.create(key, digestOf(secret));
      return { key, secret };
    },
    async change(id, change, within) {
      const { key, ancestors } = await get(id, within);
      checkWithin(change, ancestors, now());
      const { budget, ...rest } = change;
      const { budget: old } = key;
      // The same budget with another amount: it changes for all keys that have it, but never for one that the caller only descends from.
      const isOwn = within === undefined || ancestors.every((ancestor) => ancestor.budget?.id !== old?.id);
      const wished =
        budget && "amount" in budget && old !== undefined && isOwn ? { ...budget, id: old.id } : budget;
      const changed = await keys.change(id, {
        ...rest,
        ...(wished === undefined ? {} : { budget: wished && (await toBudget(wished, ancestors, within)) }),
      });
      return changed ?? key;
    },
    async revoke(id, within) {
      const { key } = await get(id, within);
      if (key.revokedAt !== undefined) return key;
      return (await keys.change(id, { revokedAt: now() })) ?? key;
    },
  };
}

/** Whether a key is among the descendants of `within`, or is that. */
function isSeen(
  { key, ancestors }: KeyLineage,
  within: string | undefined,
  { itself = false }: { readonly itself?: boolean } = {},
): boolean {
  if (within === undefined) return true;
  return (itself && key.id === within) || ancestors.some(({ id }) => id === within);
}

/** A key never has more than those that it descends from: what says that it had is a mistake. */
function checkWithin(
  wish: { readonly [Name in keyof KeyLimits | "expiresAt"]?: number | null | undefined },
  ancestors: readonly AccessKey[],
  now: number,
): void {
  const { expiresAt } = wish;
  if (typeof expiresAt === "number" && expiresAt <= now) throw wrong("expires_at", "is not in the future.");
  for (const ancestor of ancestors) {
    if (typeof expiresAt === "number" && ancestor.expiresAt !== undefined && expiresAt > ancestor.expiresAt) {
      throw wrong(
        "expires_at",
        `is after the end of the key '${ancestor.name}', which this one descends from.`,
      );
    }
    for (const name of ["requestsPerMinute", "tokensPerMinute", "tokensPerDay", "concurrency"] as const) {
      const [asked, most] = [wish[name], ancestor[name]];
      if (typeof asked === "number" && most !== undefined && asked > most) {
        throw wrong(
          limitFields[name],
          `is more than the ${most} of the key '${ancestor.name}', which this one descends from.`,
        );
      }
    }
  }
}
