import { describe, expect, test } from "vitest";

import { conversationKey, createConversations } from "../../src/routing/conversations.ts";
import type { ConversationSigns } from "../../src/routing/router.ts";
import { createClock, leg } from "./support/legs.ts";

const hash = (): string => "hash";

describe("the key of a conversation", () => {
  test.each<[string, ConversationSigns, string | undefined]>([
    ["the session", { session: "s", cacheKey: "c", beginning: hash }, "m session s"],
    ["the key of the cache", { cacheKey: "c", beginning: hash }, "m cache c"],
    ["the beginning", { session: "", beginning: hash }, "m beginning hash"],
    ["the next, where one is too long to be kept", { session: "s".repeat(257), cacheKey: "c" }, "m cache c"],
    ["nothing", { beginning: () => undefined }, undefined],
  ])("is %s", (_name, signs, expected) => {
    expect(conversationKey("M", signs)).toBe(expected);
  });

  test("the beginning is not looked at for nothing", () => {
    const key = conversationKey("m", {
      session: "s",
      beginning() {
        throw new Error("Nobody needs it.");
      },
    });
    expect(key).toBe("m session s");
  });

  test("a long name of a model can't fill the memory", () => {
    expect(conversationKey("m".repeat(100_000), { session: "s" })?.length).toBeLessThan(600);
  });
});

describe("conversations", () => {
  const legs = [leg("a", "m"), leg("b", "m")];
  const second = leg("b", "m");

  test("stay where they were answered last", () => {
    const places = createConversations({ now: createClock().now });
    expect(places.find("k", legs)).toBeUndefined();
    places.keep("k", leg("a", "m"));
    places.keep("k", second);
    expect(places.find("k", legs)).toBe(legs[1]);
    expect(places.find("other", legs)).toBeUndefined();
    expect(places.find("k", legs.slice(0, 1))).toBeUndefined();
  });

  test("go back to the configured order after a pause; each answer counts anew", () => {
    const clock = createClock();
    const places = createConversations({ now: clock.now, idleMs: 1000 });
    places.keep("k", second);
    clock.advance(999);
    places.keep("k", second);
    clock.advance(999);
    expect(places.find("k", legs)).toBe(legs[1]);
    clock.advance(1);
    expect(places.find("k", legs)).toBeUndefined();
  });

  test("a clock that was set back keeps nothing for ever", () => {
    const clock = createClock();
    const places = createConversations({ now: clock.now });
    places.keep("k", second);
    clock.advance(-1);
    expect(places.find("k", legs)).toBeUndefined();
  });

  test("the least used make room", () => {
    const places = createConversations({ now: createClock().now, capacity: 2 });
    for (const key of ["k1", "k2"]) places.keep(key, second);
    places.find("k1", legs);
    places.keep("k3", second);
    expect(["k1", "k2", "k3"].map((key) => places.find(key, legs) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });
});
