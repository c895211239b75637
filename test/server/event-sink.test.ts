import { EventEmitter } from "node:events";
import type { FastifyReply } from "fastify";
import { afterEach, expect, test, vi } from "vitest";

import { createEventSink } from "../../src/server/event-sink.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** A reply to a client that reads nothing. */
function createUnreadReply() {
  const raw = Object.assign(new EventEmitter(), {
    destroyed: false,
    writableNeedDrain: true,
    setHeader() {},
    writeHead() {},
    write: () => false,
    destroy() {
      raw.destroyed = true;
      raw.emit("close");
    },
  });
  const reply = { raw, hijack() {}, getHeaders: () => ({}) };
  // Only what the sink uses of a reply.
  return { raw, reply: reply as unknown as FastifyReply };
}

/** Nothing is written or cut off any more, however long it takes. (Other files of the process may have timers that are counted with those of the sink.) */
async function expectQuiet(raw: ReturnType<typeof createUnreadReply>["raw"]): Promise<void> {
  const deeds: string[] = [];
  Object.assign(raw, {
    destroyed: false,
    writableNeedDrain: false,
    write: (text: string) => deeds.push(text) > 0,
    destroy: () => deeds.push("destroy"),
  });
  await vi.advanceTimersByTimeAsync(1_000_000);
  expect(deeds).toEqual([]);
}

test("a client that reads nothing for five minutes is cut off", async () => {
  vi.useFakeTimers();
  const { raw, reply } = createUnreadReply();
  const sink = createEventSink(reply, {
    heartbeat: () => ": \n",
    config: { RESPONSE_HOLD_MS: 1000, HEARTBEAT_MS: 1000 },
  });
  expect(sink.write("data: x\n\n", true)).toBe(false);
  const drained = sink.drained();
  await vi.advanceTimersByTimeAsync(299_000);
  expect(raw.destroyed).toBe(false);
  await vi.advanceTimersByTimeAsync(2000);
  expect(raw.destroyed).toBe(true);
  await drained;
  sink.release();
  await expectQuiet(raw);
});

test("an answer that waits for its turn on the connection is not cut off: the client reads another", async () => {
  vi.useFakeTimers();
  const { raw, reply } = createUnreadReply();
  const socket: { socket: object | null } = Object.assign(raw, { socket: null });
  const sink = createEventSink(reply, {
    heartbeat: () => ": \n",
    config: { RESPONSE_HOLD_MS: 1000, HEARTBEAT_MS: 1000 },
  });
  sink.write("data: x\n\n", true);
  const drained = sink.drained();
  await vi.advanceTimersByTimeAsync(1_000_000);
  expect(raw.destroyed).toBe(false);
  socket.socket = {};
  await vi.advanceTimersByTimeAsync(300_000);
  expect(raw.destroyed).toBe(true);
  await drained;
  sink.release();
  await expectQuiet(raw);
});

test("nothing follows the end, however long the upstream is still read", async () => {
  vi.useFakeTimers();
  const written: string[] = [];
  const { raw, reply } = createUnreadReply();
  const write = (text: string): boolean => written.push(text) > 0;
  Object.assign(raw, { writableNeedDrain: false, write, end: write });
  const sink = createEventSink(reply, {
    heartbeat: () => "beat",
    config: { RESPONSE_HOLD_MS: 1000, HEARTBEAT_MS: 1000 },
  });
  await vi.advanceTimersByTimeAsync(3000);
  sink.write("text", true);
  await vi.advanceTimersByTimeAsync(1000);
  sink.end("end");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(written).toEqual(["beat", "beat", "beat", "text", "beat", "end"]);
  sink.release();
});

test("a client that reads in between is not", async () => {
  vi.useFakeTimers();
  const { raw, reply } = createUnreadReply();
  const sink = createEventSink(reply, {
    heartbeat: () => ": \n",
    config: { RESPONSE_HOLD_MS: 1000, HEARTBEAT_MS: 1000 },
  });
  sink.write("data: x\n\n", true);
  for (let round = 0; round < 3; round += 1) {
    const drained = sink.drained();
    await vi.advanceTimersByTimeAsync(200_000);
    raw.emit("drain");
    await drained;
  }
  expect(raw.destroyed).toBe(false);
  sink.release();
});
