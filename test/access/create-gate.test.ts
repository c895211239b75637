import { describe, expect, test } from "vitest";

import type { AccessKey } from "../../src/access/access-key.ts";
import { createGate } from "../../src/access/create-gate.ts";
import type { Refusal, Reservation, Spent } from "../../src/access/limits.ts";
import { GatewayError } from "../../src/errors.ts";
import type { CallOffer } from "../../src/model/call-gate.ts";
import { createGate as createBarrier } from "../support/gate.ts";
import { aKey, aModel, callerOf } from "./keys-for-tests.ts";

const budget = { id: "bud_a", unit: "tokens", amount: 1000, period: "day" } as const;
const dollars = { ...budget, unit: "usd", amount: 5 } as const;

interface Means {
  readonly keys: readonly AccessKey[];
  readonly decide?: (reservation: Reservation) => Promise<Refusal | undefined>;
  readonly dialect?: string;
  readonly renew?: () => Promise<readonly AccessKey[]>;
}

/** A gate, and all that it reserved and settled. */
function setUp({
  keys,
  decide = async () => undefined,
  dialect = "openai-chat",
  renew = async () => keys,
}: Means) {
  const reserved: Reservation[] = [];
  const settled: [string, Spent][] = [];
  let ids = 0;
  const gate = createGate({
    caller: async () => callerOf(...(await renew())),
    limits: {
      reserve(reservation) {
        reserved.push(reservation);
        return decide(reservation);
      },
      settle: (id, spent) => void settled.push([id, spent]),
    },
    typical: { guess: () => 500 },
    dialect: () => dialect,
    newId: () => `hold_${(ids += 1)}`,
    now: () => 0,
  });
  return { gate, reserved, settled };
}

function offer(more: Partial<CallOffer> = {}): CallOffer {
  return { model: aModel("m"), countPrompt: async () => 100, maxOutputTokens: 50, ...more };
}

/** What was taken, by the end of the limit's id. */
const taken = ({ takes }: Reservation) =>
  Object.fromEntries(takes.map(({ limit, amount }) => [limit.id.replace(/.*\./, ""), amount]));

const over: Refusal = {
  kind: "limit",
  limit: { id: "key_a.concurrency", kind: "concurrency", unit: "requests", cap: 1, period: undefined },
  used: 1,
  until: "settled",
  retryAfterMs: undefined,
};

describe("what an answer may cost", () => {
  test.each([
    ["what its client allows", {}, 150],
    ["what is usual, where nobody says", { maxOutputTokens: undefined }, 600],
    [
      "never more than the model gives",
      { maxOutputTokens: 9000, model: aModel("m", {}, { maxOutputTokens: 70 }) },
      170,
    ],
    ["nothing but the prompt, where nothing is said", { maxOutputTokens: 0 }, 100],
  ])("%s", async (_what, more, tokens) => {
    const { gate, reserved } = setUp({ keys: [aKey({ budget, requestsPerMinute: 5 })] });
    await gate.enter(offer(more));
    expect(reserved.map(taken)).toEqual([{ requests_per_minute: 1, tokens }]);
  });

  test("is not counted where no limit counts tokens", async () => {
    const { gate, reserved } = setUp({ keys: [aKey({ requestsPerMinute: 5, concurrency: 1 })] });
    await gate.enter(
      offer({
        countPrompt() {
          throw new Error("Nobody wants to know.");
        },
      }),
    );
    expect(reserved.map(taken)).toEqual([{ concurrency: 1, requests_per_minute: 1 }]);
  });

  test("is taken from the limits of all keys at once, which may have been revoked", async () => {
    const { gate, reserved } = setUp({
      keys: [aKey({ budget }), aKey({ id: "key_parent", tokensPerDay: 10, budget })],
    });
    await gate.enter(offer());
    expect(reserved).toMatchObject([{ id: "hold_1", keys: ["key_a", "key_parent"] }]);
    expect(reserved.map(taken)).toEqual([{ tokens: 150, tokens_per_day: 150 }]);
  });

  test("is nothing where nothing binds a key", async () => {
    const { gate, reserved, settled } = setUp({ keys: [aKey()] });
    await gate.enter(offer());
    gate.settle({ tokens: 5, nanoUsd: 0 });
    expect([reserved, settled]).toEqual([[], []]);
  });
});

describe("in dollars", () => {
  const cheap = { inputPerMillion: 1, outputPerMillion: 2 };
  const dear = { inputPerMillion: 10, outputPerMillion: 20 };

  test("an answer may come from the dearest", async () => {
    const { gate, reserved } = setUp({ keys: [aKey({ budget: dollars })] });
    await gate.enter(offer({ model: aModel("m", { one: cheap, two: dear }) }));
    // 100 tokens at $10 and 50 at $20 a million, in billionths.
    expect(reserved.map(taken)).toEqual([{ "nano-usd": 2_000_000 }]);
  });

  test.each([
    ["nothing", { one: cheap, two: undefined }, " at two"],
    ["half", { one: cheap, two: { inputPerMillion: 1 } }, " at two"],
    ["not even who it is", {}, ""],
  ])(
    "one that may answer, of whose price %s is known, is refused and named",
    async (_what, upstreams, where) => {
      const { gate, reserved } = setUp({ keys: [aKey({ budget: dollars })] });
      await expect(gate.enter(offer({ model: aModel("m", upstreams) }))).rejects.toMatchObject({
        kind: "forbidden",
        param: "model",
        // Whose budget it is, and by what it is counted inside, nobody has to know.
        message: expect.stringMatching(
          new RegExp(
            String.raw`^A budget in US dollars binds this key, and what \`m\` costs${where} is not known\.`,
          ),
        ),
      });
      expect(reserved).toEqual([]);
    },
  );
});

describe("what a key may not", () => {
  test.each([
    [{ models: ["other"] }, "forbidden"],
    [{ dialects: ["anthropic-messages"] }, "forbidden"],
  ] as const)("%j costs nothing", async (rights, kind) => {
    const { gate, reserved } = setUp({ keys: [aKey({ budget, ...rights })] });
    await expect(gate.enter(offer())).rejects.toMatchObject({ kind });
    expect(reserved).toEqual([]);
  });

  test("is judged by the key as it is when an answer is asked for", async () => {
    let keys = [aKey({ budget })];
    const { gate, reserved } = setUp({ keys: [], renew: async () => keys });
    await gate.enter(offer());
    keys = [aKey({ budget: { ...budget, amount: 5 } })];
    await gate.enter(offer());
    expect(reserved.map(({ takes }) => takes[0]?.limit.cap)).toEqual([1000, 5]);
    const ended = new GatewayError("unauthenticated", "The API key was revoked.");
    const other = setUp({ keys: [], renew: () => Promise.reject(ended) });
    await expect(other.gate.enter(offer())).rejects.toBe(ended);
    expect(other.reserved).toEqual([]);
  });
});

describe("several answers are one request", () => {
  const keys = [aKey({ budget, requestsPerMinute: 5, concurrency: 1 })];

  test("one after another, and at once", async () => {
    const barrier = createBarrier();
    const { gate, reserved, settled } = setUp({
      keys,
      async decide({ id }) {
        if (id === "hold_1") await barrier.promise;
        return undefined;
      },
    });
    const entering = [gate.enter(offer()), gate.enter(offer()), gate.enter(offer())];
    barrier.open();
    await Promise.all(entering);
    await gate.enter(offer());
    expect(reserved.map(taken)).toEqual([
      { concurrency: 1, requests_per_minute: 1, tokens: 150 },
      { tokens: 150 },
      { tokens: 150 },
      { tokens: 150 },
    ]);
    gate.settle({ tokens: 77, nanoUsd: 0 });
    // All that they cost together stands in the place of one, and nothing in that of the others.
    expect(settled).toEqual([
      ["hold_1", { tokens: 77, nanoUsd: 0 }],
      ...["hold_2", "hold_3", "hold_4"].map((id) => [id, { tokens: 0, nanoUsd: 0 }]),
    ]);
  });

  test("of which none passes where the request does not", async () => {
    const { gate, reserved, settled } = setUp({ keys, decide: async () => over });
    const entering = await Promise.allSettled([gate.enter(offer()), gate.enter(offer())]);
    expect(entering.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(gate.enter(offer())).rejects.toMatchObject({ kind: "rate-limited" });
    expect(reserved).toHaveLength(1);
    gate.settle({ tokens: 0, nanoUsd: 0 });
    expect(settled).toEqual([]);
  });
});

describe("a client that leaves", () => {
  test("while its reservation is decided, gets it back at once, and no answer", async () => {
    const barrier = createBarrier();
    const { gate, settled } = setUp({
      keys: [aKey({ budget })],
      async decide() {
        await barrier.promise;
        return undefined;
      },
    });
    const entering = gate.enter(offer());
    // So the reservation is under way.
    await Promise.resolve();
    gate.settle({ tokens: 0, nanoUsd: 0 });
    expect(settled).toEqual([]);
    barrier.open();
    await expect(entering).rejects.toMatchObject({ kind: "aborted" });
    expect(settled).toEqual([["hold_1", { tokens: 0, nanoUsd: 0 }]]);
  });

  test("before it is reserved, too", async () => {
    const barrier = createBarrier();
    const { gate, reserved, settled } = setUp({ keys: [aKey({ budget })] });
    const entering = gate.enter(
      offer({
        async countPrompt() {
          await barrier.promise;
          return 100;
        },
      }),
    );
    gate.settle({ tokens: 0, nanoUsd: 0 });
    barrier.open();
    await expect(entering).rejects.toMatchObject({ kind: "aborted" });
    expect(settled.map(([id]) => id)).toEqual(reserved.map(({ id }) => id));
  });

  test("while the store is away, gets what the store says", async () => {
    const away = new GatewayError("overloaded", "The store is away.");
    const { gate, settled } = setUp({ keys: [aKey({ budget })], decide: () => Promise.reject(away) });
    await expect(gate.enter(offer())).rejects.toBe(away);
    gate.settle({ tokens: 0, nanoUsd: 0 });
    expect(settled).toEqual([]);
  });
});
