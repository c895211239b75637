import { describe, expect, test } from "vitest";

import { createKeyService, type KeyWish } from "../../src/access/key-service.ts";
import { digestOf } from "../../src/access/key-secret.ts";
import { createMemoryKeys } from "../../src/store/memory/memory-keys.ts";

const day = 86_400_000;

/** A service over keys in memory, whose clock and ids are the test's. */
function setUp() {
  const keys = createMemoryKeys();
  let ids = 0;
  const clock = { now: 100 * day };
  const service = createKeyService({
    keys,
    limits: {
      look: async (limits) => limits.map((limit) => ({ limit, used: 0, held: 0, resetsAt: undefined })),
    },
    randomBytes(size) {
      const bytes = new Uint8Array(size);
      new DataView(bytes.buffer).setUint32(0, (ids += 1));
      return bytes;
    },
    newId: (prefix) => `${prefix}${(ids += 1)}`,
    now: () => clock.now,
  });
  const make = async (wish: Partial<KeyWish> = {}, within?: string) =>
    (await service.create({ name: "a", ...wish }, within)).key;
  return { service, keys, clock, make };
}

const tokens = (amount: number) => ({ unit: "tokens", amount, period: "day" }) as const;

test("a key is found by its secret, of which only the end is kept", async () => {
  const { service, keys } = setUp();
  const { key, secret } = await service.create({ name: "ci", requestsPerMinute: 5 });
  expect(secret).toMatch(/^akc-[\w-]{43}$/);
  expect(key.hint).toBe(secret.slice(-4));
  expect(JSON.stringify(await keys.list())).not.toContain(secret);
  expect((await keys.find(digestOf(secret)))?.key).toEqual(key);
});

describe("a child never has more than any key that it descends from", () => {
  test.each([
    ["requestsPerMinute", "requests_per_minute", 5, 6],
    ["tokensPerMinute", "tokens_per_minute", 5, 6],
    ["tokensPerDay", "tokens_per_day", 5, 6],
    ["concurrency", "concurrency", 5, 6],
    ["expiresAt", "expires_at", 200 * day, 200 * day + 1],
  ] as const)("%s", async (name, param, most, more) => {
    const { service, make } = setUp();
    const top = await make({ [name]: most });
    const middle = await make({ parent: top.id });
    const wish = { name: "child", parent: middle.id };
    await expect(service.create({ ...wish, [name]: more })).rejects.toMatchObject({
      kind: "invalid-request",
      param,
    });
    const child = await make({ ...wish, [name]: most });
    expect(child[name]).toBe(most);
    await expect(service.change(child.id, { [name]: more })).rejects.toMatchObject({ param });
    // Without a limit of its own it has that of those above.
    expect((await service.change(child.id, { [name]: null }))[name]).toBeUndefined();
  });

  test("nor lives it, where one above has ended", async () => {
    const { service, clock, make } = setUp();
    const top = await make({ expiresAt: 101 * day });
    const middle = await make({ parent: top.id });
    clock.now = 101 * day;
    await expect(make({ parent: middle.id })).rejects.toMatchObject({ param: "parent" });
    const other = await make();
    await service.revoke(other.id);
    await expect(make({ parent: other.id })).rejects.toThrow("the key 'a' was revoked.");
  });

  test("an end is in the future", async () => {
    const { service, clock, make } = setUp();
    await expect(make({ expiresAt: clock.now })).rejects.toMatchObject({ param: "expires_at" });
    const key = await make();
    await expect(service.change(key.id, { expiresAt: clock.now })).rejects.toMatchObject({
      param: "expires_at",
    });
  });
});

test("there are eight generations", async () => {
  const { make } = setUp();
  let { id } = await make();
  for (let generation = 2; generation <= 8; generation += 1) ({ id } = await make({ parent: id }));
  await expect(make({ parent: id })).rejects.toMatchObject({
    param: "parent",
    message: expect.stringMatching(/8 gen/),
  });
});

describe("within a key", () => {
  test("its descendants are all that there is, and not itself", async () => {
    const { service, make } = setUp();
    const [top, stranger] = [await make(), await make()];
    const mine = await make({ parent: top.id });
    const child = await make({}, mine.id);
    const grandchild = await make({ parent: child.id }, mine.id);
    expect(child.parent).toBe(mine.id);
    expect((await service.list(mine.id)).map(({ id }) => id)).toEqual([grandchild.id, child.id]);
    expect((await service.get(grandchild.id, mine.id)).key).toEqual(grandchild);
    for (const { id } of [mine, top, stranger]) {
      await expect(service.get(id, mine.id)).rejects.toMatchObject({ kind: "not-found" });
      await expect(service.change(id, { name: "x" }, mine.id)).rejects.toMatchObject({ kind: "not-found" });
      await expect(service.revoke(id, mine.id)).rejects.toMatchObject({ kind: "not-found" });
    }
    for (const { id } of [top, stranger])
      await expect(make({ parent: id }, mine.id)).rejects.toMatchObject({ param: "parent" });
    expect((await make({ parent: mine.id }, mine.id)).parent).toBe(mine.id);
  });

  test("only the operator has anybody traced, and ends that", async () => {
    const { service, make } = setUp();
    const mine = await make();
    await expect(make({ trace: true }, mine.id)).rejects.toMatchObject({ param: "trace" });
    const child = await make({ parent: mine.id, trace: true });
    await expect(service.change(child.id, { trace: true }, mine.id)).rejects.toMatchObject({
      param: "trace",
    });
  });

  test("so many keys are made that have not ended or are young; those of children and revoked ones count", async () => {
    const { service, clock, make } = setUp();
    const top = await make();
    const mine = await make({ parent: top.id });
    for (let count = 0; count < 998; count += 1) {
      const { id } = await make({}, mine.id);
      if (count % 2 === 0) await service.revoke(id, mine.id);
    }
    const child = await make({}, mine.id);
    for (const within of [mine.id, child.id, top.id])
      await expect(make({}, within)).rejects.toMatchObject({ kind: "rate-limited" });
    await make({ parent: mine.id });
    clock.now += day;
    await make({}, child.id);
    expect(await service.list(mine.id)).toHaveLength(1001);
  });
});

test("what descends from a key that has ended has ended too: it takes no place, and its budget is none to look at", async () => {
  const { service, clock, make } = setUp();
  const mine = await make();
  const child = await make({}, mine.id);
  for (let count = 1; count < 1000; count += 1) await make({ parent: child.id }, mine.id);
  const { budget } = await make({ parent: child.id, budget: tokens(100) });
  await expect(make({}, mine.id)).rejects.toMatchObject({ kind: "rate-limited" });
  expect((await service.budgets(10)).map(({ state }) => state.limit.id)).toEqual([`${budget?.id}.tokens`]);
  await service.revoke(child.id, mine.id);
  expect(await service.budgets(10)).toEqual([]);
  clock.now += day;
  await make({}, mine.id);
});

test("who descends from a key is known also where the clock went back in between", async () => {
  const { service, clock, make } = setUp();
  const mine = await make();
  const child = await make({}, mine.id);
  clock.now -= day;
  const grandchild = await make({ parent: child.id, budget: tokens(100) }, mine.id);
  expect(await service.list(mine.id)).toEqual([child, grandchild]);
  const changed = await service.change(grandchild.id, { budget: tokens(200) }, mine.id);
  expect(changed.budget).toEqual({ ...grandchild.budget, amount: 200 });
});

describe("a budget", () => {
  test("is shared by its id, and its change is for all", async () => {
    const { service, make } = setUp();
    const one = await make({ budget: tokens(100) });
    const two = await make({ budget: { id: one.budget?.id ?? "" } });
    expect(two.budget).toEqual(one.budget);
    await service.change(two.id, { budget: tokens(200) });
    expect((await service.get(one.id)).key.budget).toEqual({ ...one.budget, amount: 200 });
    expect((await service.change(two.id, { budget: null })).budget).toBeUndefined();
    expect((await service.change(two.id, { budget: tokens(1) })).budget?.id).not.toBe(one.budget?.id);
    await expect(make({ budget: { id: "bud_none" } })).rejects.toMatchObject({ param: "budget.id" });
  });

  test("is shared within a key by those below it alone", async () => {
    const { make } = setUp();
    const [mine, stranger] = [await make({ budget: tokens(100) }), await make({ budget: tokens(100) })];
    expect((await make({ budget: { id: mine.budget?.id ?? "" } }, mine.id)).budget).toEqual(mine.budget);
    await expect(make({ budget: { id: stranger.budget?.id ?? "" } }, mine.id)).rejects.toMatchObject({
      param: "budget.id",
    });
  });

  test.each(["an ancestor", "the key itself", "a stranger", "a sibling"])(
    "that %s has is never changed by a key, also not through a descendant",
    async (holder) => {
      const { service, make } = setUp();
      const top = await make(holder === "an ancestor" ? { budget: tokens(100) } : {});
      const mine = await make({
        parent: top.id,
        ...(holder === "the key itself" ? { budget: tokens(100) } : {}),
      });
      const other = await make({
        ...(holder === "a sibling" ? { parent: top.id } : {}),
        ...(/stranger|sibling/.test(holder) ? { budget: tokens(100) } : {}),
      });
      const holding = [top, mine, other].find(({ budget }) => budget !== undefined);
      const id = holding?.budget?.id ?? "";
      const child = await make({ parent: mine.id, budget: { id } });
      const grandchild = await make({ parent: child.id, budget: { id } });
      for (const { id: changed } of [child, grandchild]) {
        const own = await service.change(changed, { budget: tokens(1_000_000) }, mine.id);
        expect(own.budget).toMatchObject({ amount: 1_000_000 });
        expect(own.budget?.id).not.toBe(id);
        expect((await service.get(holding?.id ?? "")).key.budget).toMatchObject({ id, amount: 100 });
      }
      // Every limit of those above binds it all the same.
      const limits = await service.look(await service.get(grandchild.id));
      if (/ancestor|itself/.test(holder))
        expect(limits.map(({ limit }) => limit.id)).toContain(`${id}.tokens`);
    },
  );

  test("that only descendants have is the key's to change", async () => {
    const { service, make } = setUp();
    const mine = await make();
    const child = await make({ budget: tokens(100) }, mine.id);
    const grandchild = await make({ parent: child.id, budget: { id: child.budget?.id ?? "" } }, mine.id);
    const changed = await service.change(grandchild.id, { budget: tokens(200) }, mine.id);
    expect(changed.budget).toEqual({ ...child.budget, amount: 200 });
    // The child itself may not: it descends from nobody with that budget, but it has it.
    const own = await service.change(grandchild.id, { budget: tokens(900) }, child.id);
    expect(own.budget?.id).not.toBe(child.budget?.id);
  });
});

test("revoking is once, and for good", async () => {
  const { service, clock, make } = setUp();
  const { id } = await make();
  const { revokedAt } = await service.revoke(id);
  clock.now += day;
  expect((await service.revoke(id)).revokedAt).toBe(revokedAt);
  expect((await service.change(id, { name: "b" })).revokedAt).toBe(revokedAt);
});
