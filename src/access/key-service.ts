import { GatewayError, shorten } from "../errors.ts";
import type { AccessKey, Budget, KeyChange, KeyLimits, KeyLineage } from "./access-key.ts";
import { findEnd } from "./caller.ts";
import { toLineages } from "./ended-keys.ts";
import { createSecret, digestOf, hintOf, isSecret } from "./key-secret.ts";
import type { KeyStore } from "./key-store.ts";
import { budgetLimit, limitsOf } from "./limits-of.ts";
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

/** How a budget stands, and the id of a key that has it. */
export interface BudgetState {
  readonly key: string;
  readonly state: LimitState;
}

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
  /** How the budgets stand of keys that have not ended, each once; the newest first, so many at most. */
  budgets(most: number): Promise<readonly BudgetState[]>;
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
/** So many keys may descend from one that makes keys by itself: those that have not ended, and those that are newer than `youngMs`. */
const mostDescendants = 1000;
/** Ended keys are kept for a while, so that their making is bounded, too. */
const youngMs = 86_400_000;

const limitFields = {
  requestsPerMinute: "requests_per_minute",
  tokensPerMinute: "tokens_per_minute",
  tokensPerDay: "tokens_per_day",
  concurrency: "concurrency",
} as const satisfies Record<keyof KeyLimits, string>;

function wrong(param: string, message: string, sent: readonly string[] = []): GatewayError {
  return new GatewayError("invalid-request", `\`${param}\`: ${message}`, { param, shouldRetry: false, sent });
}

/** An id that leads nowhere, for a message. */
function nameUnknown(what: string, id: string): string {
  return isSecret(id)
    ? `that is a key's secret; a ${what} is named by its id`
    : `there is no ${what} '${shorten(id)}'`;
}

/** Creates the service. */
export function createKeyService({ keys, limits, randomBytes, newId, now }: KeyServiceOptions): KeyService {
  async function get(id: string, within?: string): Promise<KeyLineage> {
    const lineage = await keys.get(id);
    if (lineage !== undefined && isSeen(lineage, within)) return lineage;
    const message = nameUnknown("key", id);
    throw new GatewayError("not-found", `${message.charAt(0).toUpperCase()}${message.slice(1)}.`, {
      param: "id",
      shouldRetry: false,
      sent: [shorten(id)],
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
      throw wrong("parent", `${nameUnknown("key", id)}.`, [shorten(id)]);
    const end = findEnd(lineage, now());
    if (end !== undefined)
      throw wrong(
        "parent",
        `the key '${end.key.name}' ${end.ended === "revoked" ? "was revoked" : "has expired"}.`,
      );
    const ancestors = [lineage.key, ...lineage.ancestors];
    if (ancestors.length >= deepest) throw wrong("parent", `keys can have ${deepest} generations at most.`);
    if (within !== undefined) await checkRoom(ancestors);
    return ancestors;
  }

  /** What a key makes by itself is bounded, also through its children. */
  async function checkRoom(ancestors: readonly AccessKey[]): Promise<void> {
    const at = now();
    const counted = toLineages(await keys.list()).filter(
      (lineage) => lineage.key.createdAt > at - youngMs || findEnd(lineage, at) === undefined,
    );
    for (const { id, name } of ancestors) {
      if (counted.filter((lineage) => isSeen(lineage, id)).length < mostDescendants) continue;
      throw new GatewayError(
        "rate-limited",
        `From the key '${name}' ${mostDescendants.toLocaleString("en")} keys descend already that have not ended or are less than a day old. ` +
          "Revoke some, or wait.",
        { shouldRetry: false },
      );
    }
  }

  /** Whether who asks may change a budget that a key has: it is nobody's but of those that descend from it. */
  async function isOwnBudget(id: string, within: string | undefined): Promise<boolean> {
    if (within === undefined) return true;
    const all = toLineages(await keys.list());
    return all.every((lineage) => lineage.key.budget?.id !== id || isSeen(lineage, within));
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
    throw wrong("budget.id", `${nameUnknown("budget", wish.id)}.`, [shorten(wish.id)]);
  }

  async function budgets(most: number): Promise<readonly BudgetState[]> {
    const at = now();
    const living = toLineages(await keys.list()).filter((lineage) => findEnd(lineage, at) === undefined);
    const holders = new Map(
      living.flatMap(({ key: { id, budget } }) =>
        budget === undefined ? [] : [[budget.id, { id, budget }] as const],
      ),
    );
    const shown = [...holders.values()].slice(0, most);
    const states = await limits.look(shown.map(({ budget }) => budgetLimit(budget)));
    return states.flatMap((state, index) => {
      const key = shown[index]?.id;
      return key === undefined ? [] : [{ key, state }];
    });
  }

  return {
    budgets,
    get,
    look: ({ key, ancestors }) => limits.look(limitsOf([key, ...ancestors])),
    async list(within) {
      const all = await keys.list();
      if (within === undefined) return all;
      return toLineages(all).flatMap((lineage) => (isSeen(lineage, within) ? [lineage.key] : []));
    },
    async create(wish, within) {
      const ancestors = await findAncestors(wish.parent, within);
      checkWithin(wish, ancestors, now());
      checkTrace(wish, within);
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
      checkTrace(change, within);
      const { budget, ...rest } = change;
      const { budget: old } = key;
      async function toChanged(wish: BudgetWish): Promise<Budget> {
        // The same budget with another amount: it changes for all keys that have it.
        if ("amount" in wish && old !== undefined && (await isOwnBudget(old.id, within)))
          return { ...wish, id: old.id };
        return toBudget(wish, ancestors, within);
      }

      const changed = await keys.change(id, {
        ...rest,
        ...(budget === undefined ? {} : { budget: budget && (await toChanged(budget)) }),
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

/** What is traced is kept with all that was said, at the operator's cost: that is the operator's to decide. */
function checkTrace(
  { trace }: { readonly trace?: boolean | null | undefined },
  within: string | undefined,
): void {
  if (trace === true && within !== undefined) throw wrong("trace", "only the operator has requests traced.");
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
