import { describe, expect, test, vi } from "vitest";

import { createBody } from "../../../src/upstreams/http/create-body.ts";
import { createGate } from "../akash-chat/support/create-gate.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const textOf = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString();
const microtasks = async (): Promise<void> => {
  for (let count = 0; count < 5; count += 1) await Promise.resolve();
};

function setUp() {
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    pause: vi.fn<() => void>(),
    resume: vi.fn<() => void>(),
    abort: vi.fn<(reason?: Error) => void>(),
  };
  return { controller, body: createBody(controller) };
}

describe("what arrives", () => {
  test("in one turn is given at once, also what came before anybody read", async () => {
    const { body } = setUp();
    const taken: string[] = [];
    body.push(bytes("a"));
    const end = body.read((pieces) => {
      taken.push(textOf(pieces));
      return undefined;
    });
    expect(taken).toEqual(["a"]);
    body.push(bytes("b"));
    body.push(bytes("c"));
    expect(taken).toEqual(["a"]);
    await microtasks();
    expect(taken).toEqual(["a", "bc"]);
    body.push(bytes("d"));
    body.end();
    await end;
    expect(taken).toEqual(["a", "bc", "d"]);
  });

  test("is given when what was given before is taken, and the end comes behind it", async () => {
    const { body } = setUp();
    const gate = createGate();
    const taken: string[] = [];
    let over = false;
    const end = body
      .read((pieces) => {
        taken.push(textOf(pieces));
        return taken.length === 1 ? gate.opened.then(() => undefined) : undefined;
      })
      .then(() => (over = true));
    body.push(bytes("a"));
    await microtasks();
    body.push(bytes("b"));
    body.push(bytes("c"));
    body.end();
    await microtasks();
    expect([taken, over]).toEqual([["a"], false]);
    gate.open();
    await end;
    expect(taken).toEqual(["a", "bc"]);
  });

  test("pauses the connection while it lies unread, and goes on when it is taken", async () => {
    const { body, controller } = setUp();
    const gate = createGate();
    const end = body.read(() => gate.opened.then(() => undefined));
    body.push(bytes("a"));
    await microtasks();
    body.push(Buffer.alloc(65_535));
    expect(controller.pause).not.toHaveBeenCalled();
    body.push(bytes("b"));
    body.push(bytes("c"));
    expect(controller.pause).toHaveBeenCalledOnce();
    expect(controller.resume).not.toHaveBeenCalled();
    gate.open();
    await microtasks();
    expect(controller.resume).toHaveBeenCalledOnce();
    body.end();
    await end;
  });
});

describe("a failure", () => {
  const broken = new Error("the connection broke");

  test("comes behind what came before it", async () => {
    const { body } = setUp();
    const taken: string[] = [];
    body.push(bytes("a"));
    body.fail(broken);
    const end = body.read((pieces) => {
      taken.push(textOf(pieces));
      return undefined;
    });
    await expect(end).rejects.toBe(broken);
    expect(taken).toEqual(["a"]);
  });

  test("of the caller's leaving leaves out what was not taken", async () => {
    const { body } = setUp();
    const taken: string[] = [];
    body.push(bytes("a"));
    body.cancel(broken);
    const end = body.read((pieces) => {
      taken.push(textOf(pieces));
      return undefined;
    });
    await expect(end).rejects.toBe(broken);
    expect(taken).toEqual([]);
  });

  test.each([
    [
      "throws",
      () => {
        throw broken;
      },
    ],
    ["rejects with", () => Promise.reject(broken)],
  ])("is what the reader %s, and nothing is given behind it", async (_, take) => {
    const { body, controller } = setUp();
    const taker = vi.fn<() => Promise<void>>(take);
    const end = body.read(taker);
    body.push(bytes("a"));
    await expect(end).rejects.toBe(broken);
    body.push(bytes("b"));
    body.end();
    await microtasks();
    expect(taker).toHaveBeenCalledOnce();
    // What the upstream still sends is not kept, and may not wait.
    expect(controller.resume).toHaveBeenCalled();
  });
});

describe("a body that nobody wants", () => {
  test("may end by itself, that its connection can be used again", async () => {
    vi.useFakeTimers();
    try {
      const { body, controller } = setUp();
      body.discard();
      body.push(bytes("a"));
      body.end();
      vi.advanceTimersByTime(60_000);
      expect(controller.abort).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });

  test("is broken off when it does not end soon", async () => {
    vi.useFakeTimers();
    try {
      const { body, controller } = setUp();
      body.push(bytes("a"));
      body.discard();
      expect(controller.resume).toHaveBeenCalled();
      vi.advanceTimersByTime(1000);
      expect(controller.abort).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
  });

  test("ends the reading of it", async () => {
    const { body } = setUp();
    const end = body.read(() => undefined);
    body.discard();
    await end;
    body.end();
  });
});
