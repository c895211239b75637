import { describe, expect, test } from "vitest";

import type { EventBatch } from "../../src/model/events.ts";
import { createConversationTurn } from "../../src/responses/conversation-turn.ts";
import type { ConversationStore } from "../../src/responses/conversation-store.ts";
import { createMemoryConversations } from "../../src/store/memory/memory-conversations.ts";
import type { Source } from "../../src/stream/source.ts";
import { StoreError } from "../../src/store/response-store.ts";
import { makeWriter } from "../dialects/openai-responses/make-writer.ts";
import { createGate } from "../support/gate.ts";
import { createVirtualTime } from "../support/create-virtual-time.ts";
import { toSource } from "../support/sources.ts";
import { textAnswer } from "../support/start-edge.ts";

const leaseMs = 3000;

async function start(wrap: (store: ConversationStore) => ConversationStore = (store) => store) {
  const time = createVirtualTime();
  const conversations = createMemoryConversations({ capacity: 10, now: time.now, leaseMs });
  await conversations.create({ id: "conv_1", createdAt: 1, metadata: {} }, []);
  async function open(holder: string) {
    const process = time.createProcess();
    const read = await conversations.read("conv_1");
    if (read === undefined) throw new Error("it is there");
    const turn = createConversationTurn({
      conversations: wrap(conversations),
      read,
      holder,
      inputItems: [{ id: `${holder}_input`, type: "message" }],
      createWriter: () => makeWriter({}),
      startTimer: process.startTimer,
    });
    return { turn, process };
  }
  const idsOf = async () => (await conversations.read("conv_1"))?.items.map(({ id }) => id);
  return { time, conversations, open, idsOf };
}

async function* halting(gate: Promise<void>): AsyncGenerator<EventBatch> {
  const batches = textAnswer("one", "two");
  yield* batches.slice(0, 1);
  await gate;
  yield* batches.slice(1);
}

async function take(events: Source<EventBatch>): Promise<string[]> {
  const types: string[] = [];
  await events((batch) => {
    types.push(...batch.map(({ type }) => type));
    return undefined;
  });
  return types;
}

const away = () => Promise.reject(new StoreError("unavailable", new Error("away")));
const failing = () => Promise.reject(new Error("broken"));

describe("a turn in a conversation", () => {
  test("is held as long as its answer takes, and added before its end is told", async () => {
    const { time, open, idsOf } = await start();
    const { turn } = await open("one");
    const { turn: other } = await open("other");
    const gate = createGate();
    let atEnd: unknown;
    const begun = createGate();
    const answered = turn.around(toSource(halting(gate.promise)))(async (batch) => {
      begun.open();
      if (batch.some(({ type }) => type === "finish")) atEnd = await idsOf();
    });
    await begun.promise;
    // Several leases, in which its process goes on to say that it lives.
    time.pass(leaseMs * 5);
    await expect(other.hold()).rejects.toMatchObject({ status: 400, code: "conversation_locked" });
    gate.open();
    await answered;
    expect(atEnd).toEqual(["one_input", expect.stringMatching(/^msg_/)]);
    // It was read before that.
    await expect(other.hold()).rejects.toMatchObject({ code: "conversation_locked" });
    await (await open("third")).turn.hold();
  });

  test("of a process that stands still for longer than a lease is another's, and is not added", async () => {
    const { time, open, idsOf } = await start();
    const { turn, process } = await open("one");
    const gate = createGate();
    const begun = createGate();
    const answered = turn.around(toSource(halting(gate.promise)))(() => {
      begun.open();
      return undefined;
    });
    await begun.promise;
    process.stop();
    time.pass(leaseMs * 2);
    const { turn: other } = await open("other");
    expect(await take(other.around(toSource(textAnswer("hi"))))).toContain("finish");
    gate.open();
    await expect(answered).rejects.toMatchObject({ code: "conversation_locked" });
    expect(await idsOf()).toEqual(["other_input", expect.stringMatching(/^msg_/)]);
  });

  test("that could not be added fails, and its end is told nobody", async () => {
    const { open } = await start((store) => ({ ...store, add: away, unlock: away }));
    const { turn } = await open("one");
    const types: string[] = [];
    const answered = turn.around(toSource(textAnswer("hi")))((batch) => {
      types.push(...batch.map(({ type }) => type));
      return undefined;
    });
    await expect(answered).rejects.toMatchObject({ kind: "overloaded" });
    expect(types).not.toContain("finish");
  });

  test("whose answer fails lets go at once", async () => {
    const { open, idsOf } = await start();
    const { turn } = await open("one");
    await expect(turn.around(failing)(() => undefined)).rejects.toThrow("broken");
    await (await open("other")).turn.hold();
    expect(await idsOf()).toEqual([]);
  });
});
