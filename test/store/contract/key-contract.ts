import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { AccessKey, Budget } from "../../../src/access/access-key.ts";
import type { KeyStore } from "../../../src/access/key-store.ts";
import { limitsOf } from "../../../src/access/limits-of.ts";
import { dialectNames } from "../../../src/model/dialect-name.ts";
import { createClock, limitOf, type OpenEngine, requestFor, uniqueId } from "./engine.ts";

/** A key with an id of its own. */
export function keyOf(more: Partial<AccessKey> = {}): AccessKey {
  return { id: uniqueId("key"), name: "a key", hint: "wxyz", createdAt: createClock().time, ...more };
}

/** A budget with an id of its own. */
export function budgetOf(more: Partial<Budget> = {}): Budget {
  return { id: uniqueId("bud"), unit: "tokens", amount: 1000, period: "day", ...more };
}

const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).filter((it) => !it.includes("\0"));
const anyKey: fc.Arbitrary<Omit<AccessKey, "id">> = fc.record(
  {
    name: text,
    hint: fc.stringMatching(/^[\w-]{4}$/),
    createdAt: fc.nat(4e12),
    expiresAt: fc.nat(4e12),
    models: fc.array(text, { maxLength: 3 }),
    dialects: fc.subarray([...dialectNames]),
    requestsPerMinute: count,
    tokensPerMinute: count,
    tokensPerDay: count,
    concurrency: count,
    budget: fc
      .record({
        unit: fc.constantFrom("tokens" as const, "usd" as const),
        amount: fc.oneof(count, fc.constantFrom(0.01, 12.5, 99.999_999_999)),
        period: fc.constantFrom("hour", "day", "week", "month", "total"),
      })
      .map((budget) => budgetOf(budget)),
    trace: fc.boolean(),
  },
  { requiredKeys: ["name", "hint", "createdAt"] },
);

/** The names of all keys that are kept. */
const namesOf = async (keys: KeyStore) => (await keys.list()).map(({ name }) => name).sort();

/** What every engine's keys do. Registers the tests. `runs`: of so many random keys. */
export function keyContract(open: OpenEngine, runs: number): void {
  const { now } = createClock();

  test("any key is found as it was created, by its digest and by its id", async () => {
    await using engine = await open(now);
    await fc.assert(
      fc.asyncProperty(anyKey, async (fields) => {
        const key = { id: uniqueId("key"), ...fields };
        const digest = uniqueId("digest");
        await engine.keys.create(key, digest);
        expect(await engine.keys.find(digest)).toEqual({ key, ancestors: [] });
        expect(await engine.keys.get(key.id)).toEqual({ key, ancestors: [] });
      }),
      { numRuns: runs },
    );
  });

  test("no key is found by what is none's", async () => {
    await using engine = await open(now);
    const key = keyOf();
    await engine.keys.create(key, "digest");
    for (const digest of ["", "Digest", "digest ", "digest\0", "\ud800", key.id, "__proto__"])
      expect(await engine.keys.find(digest)).toBeUndefined();
    for (const id of ["", "digest", "constructor", `${key.id}\0`, "\ud800"])
      expect(await engine.keys.get(id)).toBeUndefined();
    for (const id of ["key_none", `${key.id}\0`])
      expect(await engine.keys.change(id, { name: "new" })).toBeUndefined();
    expect(await engine.keys.list()).toEqual([key]);
  });

  test("it is empty until there is a key, and not again when that is revoked", async () => {
    await using engine = await open(now);
    expect(engine.keys.isEmpty).toBe(true);
    expect(await engine.keys.list()).toEqual([]);
    const key = keyOf();
    await engine.keys.create(key, "digest");
    expect(engine.keys.isEmpty).toBe(false);
    await engine.keys.change(key.id, { revokedAt: now() });
    expect(engine.keys.isEmpty).toBe(false);
  });

  test("all are listed, the newest first, revoked ones too", async () => {
    await using engine = await open(now);
    const keys = [3, 1, 5, 2, 4].map((at) => keyOf({ name: `key ${at}`, createdAt: now() + at }));
    for (const key of keys) await engine.keys.create(key, uniqueId("digest"));
    await engine.keys.change(keys[2]?.id ?? "", { revokedAt: now() + 9 });
    const listed = await engine.keys.list();
    expect(listed.map(({ name }) => name)).toEqual(["key 5", "key 4", "key 3", "key 2", "key 1"]);
    expect(listed[0]).toEqual({ ...keys[2], revokedAt: now() + 9 });
  });

  test("neither an id nor a digest is taken twice", async () => {
    await using engine = await open(now);
    const key = keyOf();
    await engine.keys.create(key, "digest");
    await expect(engine.keys.create({ ...key, name: "other" }, "another")).rejects.toThrow(Error);
    await expect(engine.keys.create(keyOf({ name: "other" }), "digest")).rejects.toThrow(Error);
    expect(await engine.keys.list()).toEqual([key]);
    expect(await engine.keys.find("another")).toBeUndefined();
    expect(await engine.keys.find("digest")).toEqual({ key, ancestors: [] });
  });

  describe("a change", () => {
    test("says what there is then; what it does not name stays, what is null goes", async () => {
      await using engine = await open(now);
      const key = keyOf({ models: ["a*"], requestsPerMinute: 5, budget: budgetOf(), trace: true });
      await engine.keys.create(key, "digest");
      const { models: _models, budget: _budget, ...rest } = key;
      const changed = { ...rest, name: "renamed", requestsPerMinute: 6, expiresAt: now() + 1 };
      expect(
        await engine.keys.change(key.id, {
          name: "renamed",
          models: null,
          budget: null,
          requestsPerMinute: 6,
          expiresAt: now() + 1,
          dialects: undefined,
        }),
      ).toEqual(changed);
      expect(await engine.keys.find("digest")).toEqual({ key: changed, ancestors: [] });
      expect(await engine.keys.change(key.id, {})).toEqual(changed);
      expect(await engine.keys.change(key.id, { expiresAt: null, requestsPerMinute: null })).toEqual({
        ...rest,
        name: "renamed",
        requestsPerMinute: undefined,
      });
    });

    test("of many at once none is lost", async () => {
      await using engine = await open(now);
      const key = keyOf();
      await engine.keys.create(key, "digest");
      await Promise.all([
        engine.keys.change(key.id, { name: "new" }),
        engine.keys.change(key.id, { concurrency: 4 }),
        engine.keys.change(key.id, { tokensPerDay: 9 }),
        engine.keys.change(key.id, { revokedAt: now() }),
      ]);
      const changed = { ...key, name: "new", concurrency: 4, tokensPerDay: 9, revokedAt: now() };
      expect((await engine.keys.get(key.id))?.key).toEqual(changed);
    });

    test("a revoked key is found, and says when", async () => {
      await using engine = await open(now);
      const key = keyOf();
      await engine.keys.create(key, "digest");
      expect(await engine.keys.change(key.id, { revokedAt: now() + 5 })).toEqual({
        ...key,
        revokedAt: now() + 5,
      });
      expect((await engine.keys.find("digest"))?.key.revokedAt).toBe(now() + 5);
    });
  });

  describe("a family", () => {
    test("is told from the parent up, as it is now", async () => {
      await using engine = await open(now);
      const grandparent = keyOf({ name: "grandparent", concurrency: 9 });
      const parent = keyOf({ name: "parent", parent: grandparent.id });
      const child = keyOf({ name: "child", parent: parent.id });
      const sibling = keyOf({ name: "sibling", parent: grandparent.id });
      for (const key of [grandparent, parent, child, sibling])
        await engine.keys.create(key, `digest of ${key.name}`);
      expect(await engine.keys.find("digest of child")).toEqual({
        key: child,
        ancestors: [parent, grandparent],
      });
      expect(await engine.keys.find("digest of sibling")).toEqual({
        key: sibling,
        ancestors: [grandparent],
      });
      await engine.keys.change(grandparent.id, { revokedAt: now(), concurrency: 3 });
      expect((await engine.keys.find("digest of child"))?.ancestors).toEqual([
        parent,
        { ...grandparent, revokedAt: now(), concurrency: 3 },
      ]);
      expect((await engine.keys.get(grandparent.id))?.ancestors).toEqual([]);
    });

    test("has no child without a parent", async () => {
      await using engine = await open(now);
      await expect(engine.keys.create(keyOf({ parent: "key_none" }), "digest")).rejects.toThrow(Error);
      expect(engine.keys.isEmpty).toBe(true);
      expect(await engine.keys.find("digest")).toBeUndefined();
    });
  });

  describe("keys that ended long ago", () => {
    const [long, lately] = [now() - 1000, now() - 10];
    const prune = (keys: KeyStore) => keys.prune(now() - 100);

    test("go, revoked or expired; what ended lately, or has an end to come, or none, stays", async () => {
      await using engine = await open(now);
      const ends: Readonly<Record<string, Partial<AccessKey>>> = {
        revoked: { revokedAt: long },
        expired: { expiresAt: long },
        both: { revokedAt: lately, expiresAt: long },
        "revoked lately": { revokedAt: lately },
        "expired lately": { expiresAt: lately },
        "will expire": { expiresAt: now() + 1000 },
        living: {},
      };
      for (const [name, end] of Object.entries(ends)) await engine.keys.create(keyOf({ name, ...end }), name);
      await prune(engine.keys);
      expect(await namesOf(engine.keys)).toEqual([
        "expired lately",
        "living",
        "revoked lately",
        "will expire",
      ]);
      for (const gone of ["revoked", "expired", "both"]) expect(await engine.keys.find(gone)).toBeUndefined();
      expect((await engine.keys.find("expired lately"))?.key.name).toBe("expired lately");
      expect(await prune(engine.keys)).toEqual([]);
    });

    test("go with all that descend from them, and children before their parents: none is ever without its own", async () => {
      await using engine = await open(now);
      const root = keyOf({ name: "root" });
      const ended = keyOf({ name: "ended", parent: root.id, revokedAt: long });
      const grandchild = keyOf({ name: "grandchild", parent: ended.id });
      const lived = keyOf({ name: "lived", parent: root.id, expiresAt: lately });
      const young = keyOf({ name: "young", parent: lived.id, expiresAt: long });
      for (const key of [root, ended, grandchild, lived, young])
        await engine.keys.create(key, `digest of ${key.name}`);
      await prune(engine.keys);
      expect(await namesOf(engine.keys)).toEqual(["lived", "root"]);
      expect(await engine.keys.find("digest of lived")).toEqual({ key: lived, ancestors: [root] });
      expect(await engine.keys.get(grandchild.id)).toBeUndefined();
      expect(await engine.keys.change(young.id, { name: "new" })).toBeUndefined();
    });

    test("leave one behind, so that nobody comes in for want of keys", async () => {
      await using engine = await open(now);
      const keys = [1, 3, 2].map((at) => keyOf({ name: `key ${at}`, createdAt: at, revokedAt: long }));
      for (const key of keys) await engine.keys.create(key, key.id);
      await engine.keys.create(keyOf({ name: "child", createdAt: 9, parent: keys[1]?.id ?? "" }), "child");
      await prune(engine.keys);
      expect(await namesOf(engine.keys)).toEqual(["key 3"]);
      expect(engine.keys.isEmpty).toBe(false);
    });

    test("take with them what was counted for them, but not of a budget that others have", async () => {
      await using engine = await open(now);
      const [shared, own] = [budgetOf({ period: "total" }), budgetOf({ period: "total" })];
      const living = keyOf({ budget: shared });
      const ended = keyOf({ budget: shared, tokensPerDay: 1000, revokedAt: long });
      const other = keyOf({ budget: own, revokedAt: long });
      for (const key of [living, ended, other]) await engine.keys.create(key, key.id);
      const limits = limitsOf([ended, other]);
      const request = requestFor(limits.map((limit) => [limit, 7]));
      await engine.limits.reserve(request);
      engine.limits.settle(request.id, { tokens: 7, nanoUsd: 0 });
      await engine.limits.flush();
      const left = await prune(engine.keys);
      const bound = limits.filter(({ id }) => left.includes(id)).map(({ id }) => id);
      expect(bound).toEqual([`${ended.id}.tokens_per_day`, `${own.id}.tokens`]);
      await engine.limits.forget(left);
      const states = await engine.limits.look(limits);
      expect(states.map(({ limit, used }) => [limit.id, used])).toEqual([
        [`${ended.id}.tokens_per_day`, 0],
        [`${shared.id}.tokens`, 7],
        [`${own.id}.tokens`, 0],
      ]);
      expect((await engine.keys.get(living.id))?.key.budget).toEqual(shared);
      // It is as if it had never been.
      await engine.keys.create(keyOf({ budget: { ...own, amount: 5 } }), "new");
      expect((await engine.keys.find("new"))?.key.budget?.amount).toBe(5);
    });

    test("a limit of which something is reserved is not forgotten", async () => {
      await using engine = await open(now);
      const limit = limitOf("budget", 100);
      const request = requestFor([[limit, 7]]);
      await engine.limits.reserve(request);
      await engine.limits.forget([limit.id, "none.tokens"]);
      expect(await engine.limits.look([limit])).toMatchObject([{ held: 7 }]);
      engine.limits.settle(request.id, { tokens: 3, nanoUsd: 0 });
      await engine.limits.flush();
      expect(await engine.limits.look([limit])).toMatchObject([{ used: 3, held: 0 }]);
    });
  });

  describe("a budget that several keys have", () => {
    test("is one: whoever changes it changes it for all, whoever gives it up leaves it to the others", async () => {
      await using engine = await open(now);
      const budget = budgetOf({ amount: 10, unit: "usd" });
      const [one, other, third] = [keyOf({ budget }), keyOf({ budget }), keyOf()];
      for (const key of [one, other, third]) await engine.keys.create(key, `digest of ${key.id}`);
      const larger = { ...budget, amount: 20, period: "month" } as const;
      expect((await engine.keys.change(one.id, { budget: larger }))?.budget).toEqual(larger);
      expect((await engine.keys.find(`digest of ${other.id}`))?.key.budget).toEqual(larger);
      // Whoever joins it may have read it a while ago, and changes nothing of it.
      expect((await engine.keys.change(third.id, { budget }))?.budget).toEqual(larger);
      expect((await engine.keys.change(one.id, { budget: null }))?.budget).toBeUndefined();
      expect((await engine.keys.change(other.id, { name: "renamed" }))?.budget).toEqual(larger);
      const child = keyOf({ budget: { ...budget, amount: 5 }, parent: third.id });
      await engine.keys.create(child, "digest of child");
      const found = await engine.keys.find("digest of child");
      expect([found?.key, found?.ancestors[0]].map((key) => key?.budget?.amount)).toEqual([20, 20]);
    });
  });
}
