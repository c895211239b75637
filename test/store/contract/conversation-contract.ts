import { expect, test } from "vitest";

import type {
  Conversation,
  ConversationItem,
  ConversationStore,
} from "../../../src/responses/conversation-store.ts";
import { createClock } from "./engine.ts";

/** Opens a store of conversations, empty, that follows this clock. Several are the same one as several processes see it. */
export type OpenConversations = (
  now: () => number,
  options: { readonly capacity: number; readonly leaseMs: number },
) => Promise<
  { readonly conversations: ConversationStore; readonly elsewhere: ConversationStore } & AsyncDisposable
>;

const leaseMs = 3000;

function conversation(id: string, more: Partial<Conversation> = {}): Conversation {
  return { id, createdAt: 1_700_000_000, metadata: { topic: "Ahoj 🌊" }, ...more };
}

function item(id: string, text: unknown = "hi\n\u2028\0"): ConversationItem {
  return { id, type: "message", role: "user", content: [{ type: "input_text", text }] };
}

/** What every store of conversations does. Registers the tests. */
export function conversationContract(open: OpenConversations): void {
  async function start(capacity = 100) {
    const clock = createClock();
    const opened = await open(clock.now, { capacity, leaseMs });
    const { conversations } = opened;
    async function versionOf(id: string): Promise<number> {
      return (await conversations.read(id))?.version ?? -1;
    }
    return { ...opened, clock, versionOf };
  }

  test("gives back what was made, with its items in their order, and nothing for what never was", async () => {
    const { conversations, elsewhere, ...opened } = await start();
    await using _ = opened;
    await conversations.create(conversation("conv_1", { owner: "key_1" }), [item("b"), item("a")]);
    await conversations.create(conversation("conv_2"), []);
    expect(await elsewhere.get("conv_1")).toEqual(conversation("conv_1", { owner: "key_1" }));
    const read = await elsewhere.read("conv_1");
    expect(read).toMatchObject({
      conversation: conversation("conv_1", { owner: "key_1" }),
      items: [item("b"), item("a")],
      characters: JSON.stringify(item("b")).length * 2,
    });
    expect(await elsewhere.read("conv_2")).toMatchObject({ items: [], characters: 0 });
    for (const id of ["conv_3", "conv_1\0", "\ud800"]) {
      expect(await conversations.get(id)).toBeUndefined();
      expect(await conversations.read(id)).toBeUndefined();
      expect(await conversations.delete(id)).toBe(false);
      expect(await conversations.setMetadata(id, {})).toBe(false);
      expect(await conversations.add(id, [item("a")])).toBe("gone");
      expect(await conversations.remove(id, "a")).toBe("gone");
      expect(await conversations.lock(id, "me", 1)).toBe("gone");
      await conversations.unlock(id, "me");
    }
  });

  test("metadata is replaced as a whole, and items stay", async () => {
    const { conversations, elsewhere, ...opened } = await start();
    await using _ = opened;
    await conversations.create(conversation("conv_1", { owner: "key_1" }), [item("a")]);
    expect(await conversations.setMetadata("conv_1", { other: "\0\ud800" })).toBe(true);
    const metadata = (await elsewhere.get("conv_1"))?.metadata;
    expect(metadata).toEqual({ other: "\0\ud800" });
    expect(await elsewhere.read("conv_1")).toMatchObject({ items: [item("a")] });
  });

  test("items are added at the end, whoever adds them, and taken out by their id", async () => {
    const { conversations, elsewhere, versionOf, ...opened } = await start();
    await using _ = opened;
    await conversations.create(conversation("conv_1"), [item("z")]);
    const before = await versionOf("conv_1");
    expect(await conversations.add("conv_1", [item("c"), item("b")])).toBe("done");
    expect(await elsewhere.add("conv_1", [item("a")])).toBe("done");
    expect((await conversations.read("conv_1"))?.items.map(({ id }) => id)).toEqual(["z", "c", "b", "a"]);
    expect(await versionOf("conv_1")).not.toBe(before);
    expect(await conversations.remove("conv_1", "c")).toBe("done");
    expect(await conversations.remove("conv_1", "c")).toBe("missing");
    expect((await elsewhere.read("conv_1"))?.items.map(({ id }) => id)).toEqual(["z", "b", "a"]);
  });

  test("what was deleted is gone with its items, also when one of its id is made again", async () => {
    const { conversations, elsewhere, ...opened } = await start();
    await using _ = opened;
    await conversations.create(conversation("conv_1"), [item("a")]);
    expect(await elsewhere.delete("conv_1")).toBe(true);
    expect(await conversations.delete("conv_1")).toBe(false);
    expect(await conversations.get("conv_1")).toBeUndefined();
    await conversations.create(conversation("conv_1"), []);
    expect((await conversations.read("conv_1"))?.items).toEqual([]);
  });

  test("only who holds a conversation changes its items; adding them frees it", async () => {
    const { conversations, elsewhere, versionOf, ...opened } = await start();
    await using _ = opened;
    await conversations.create(conversation("conv_1"), [item("a")]);
    const version = await versionOf("conv_1");
    expect(await conversations.lock("conv_1", "one", version)).toBe("done");
    expect(await elsewhere.lock("conv_1", "other", version)).toBe("locked");
    expect(await elsewhere.add("conv_1", [item("x")])).toBe("locked");
    expect(await elsewhere.add("conv_1", [item("x")], "other")).toBe("locked");
    expect(await elsewhere.remove("conv_1", "a")).toBe("locked");
    expect(await elsewhere.setMetadata("conv_1", {})).toBe(true);
    expect(await conversations.lock("conv_1", "one", version)).toBe("done");
    expect(await conversations.add("conv_1", [item("b")], "one")).toBe("done");
    expect(await conversations.add("conv_1", [item("c")], "one")).toBe("locked");
    expect(await elsewhere.add("conv_1", [item("d")])).toBe("done");
    expect((await conversations.read("conv_1"))?.items.map(({ id }) => id)).toEqual(["a", "b", "d"]);
  });

  test("who has read a conversation that was changed since does not hold it", async () => {
    const { conversations, elsewhere, versionOf, ...opened } = await start();
    await using _ = opened;
    await conversations.create(conversation("conv_1"), [item("a")]);
    const version = await versionOf("conv_1");
    await elsewhere.add("conv_1", [item("b")]);
    expect(await conversations.lock("conv_1", "one", version)).toBe("locked");
    const next = await versionOf("conv_1");
    await elsewhere.remove("conv_1", "b");
    expect(await conversations.lock("conv_1", "one", next)).toBe("locked");
    expect(await conversations.lock("conv_1", "one", await versionOf("conv_1"))).toBe("done");
  });

  test("what is let go is free at once, and by nobody else's word", async () => {
    const { conversations, elsewhere, versionOf, ...opened } = await start();
    await using _ = opened;
    await conversations.create(conversation("conv_1"), []);
    const version = await versionOf("conv_1");
    await conversations.lock("conv_1", "one", version);
    await elsewhere.unlock("conv_1", "other");
    expect(await elsewhere.lock("conv_1", "other", version)).toBe("locked");
    await conversations.unlock("conv_1", "one");
    expect(await elsewhere.lock("conv_1", "other", version)).toBe("done");
  });

  test("a holder that says nothing for a lease is taken for dead; one that was not missed still adds", async () => {
    const { conversations, elsewhere, clock, versionOf, ...opened } = await start();
    await using _ = opened;
    for (const id of ["conv_1", "conv_2"]) {
      await conversations.create(conversation(id), []);
      await conversations.lock(id, "one", await versionOf(id));
    }
    clock.time += leaseMs - 1;
    expect(await elsewhere.lock("conv_1", "other", await versionOf("conv_1"))).toBe("locked");
    clock.time += 2;
    expect(await conversations.add("conv_2", [item("a")], "one")).toBe("done");
    expect(await elsewhere.lock("conv_1", "other", await versionOf("conv_1"))).toBe("done");
    expect(await conversations.lock("conv_1", "one", await versionOf("conv_1"))).toBe("locked");
    expect(await conversations.add("conv_1", [item("a")], "one")).toBe("locked");
    expect(await elsewhere.add("conv_1", [item("b")], "other")).toBe("done");
    expect((await conversations.read("conv_1"))?.items).toEqual([item("b")]);
  });

  test("evicts those that were longest not added to when there are too many", async () => {
    const { conversations, ...opened } = await start(2);
    await using _ = opened;
    await conversations.create(conversation("conv_1"), [item("a")]);
    await conversations.create(conversation("conv_2"), [item("a")]);
    await conversations.add("conv_1", [item("b")]);
    await conversations.read("conv_2");
    await conversations.create(conversation("conv_3"), []);
    const kept = await Promise.all(
      ["conv_1", "conv_2", "conv_3"].map(async (id) => (await conversations.read(id))?.items.length),
    );
    expect(kept).toEqual([2, undefined, 0]);
  });

  test("of many that want to hold it at once, one does", async () => {
    const { conversations, elsewhere, versionOf, ...opened } = await start();
    await using _ = opened;
    await conversations.create(conversation("conv_1"), []);
    const version = await versionOf("conv_1");
    const all = Array.from({ length: 20 }, (_each, index) => index);
    const outcomes = await Promise.all(
      all.map((index) =>
        (index % 2 === 0 ? conversations : elsewhere).lock("conv_1", `holder_${index}`, version),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "locked")).toHaveLength(19);
  });
}
