import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";

import {
  parseJsonEventStream,
  readUIMessageStream,
  uiMessageChunkSchema,
  type UIMessage,
  type UIMessageChunk,
} from "ai";
import { describe, expect, it } from "vitest";

import {
  startSimulator,
  type ScriptedError,
  type Simulator,
  type SimulatorOptions,
} from "../../src/simulator/index.ts";
import type { Pieces } from "../../src/simulator/reply.ts";
import { sendReply } from "../../src/simulator/send-reply.ts";
import { createGate } from "../support/gate.ts";

interface Session {
  readonly simulator: Simulator;
  chat(body?: object, init?: RequestInit): Promise<Response>;
  [Symbol.asyncDispose](): Promise<void>;
}

async function open(options?: SimulatorOptions): Promise<Session> {
  const simulator = await startSimulator(options);
  const session = await fetch(`${simulator.url}/api/auth/session/`);
  await session.arrayBuffer();
  const cookie = session.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  return {
    simulator,
    chat: async (body = {}, init = {}) =>
      await fetch(`${simulator.url}/api/chat/`, {
        method: "POST",
        headers: { cookie, "content-type": "application/json" },
        body: JSON.stringify({
          messages: [{ role: "user", content: "hi" }],
          model: "Kimi-K2-Instruct",
          temperature: 0.6,
          topP: 0.9,
          ...body,
        }),
        ...init,
      }),
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

/** What a reader gets before it ends or fails. */
async function readAll(reply: Response): Promise<{ text: string; failed: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const bytes of reply.body ?? []) text += decoder.decode(bytes, { stream: true });
    return { text, failed: false };
  } catch {
    return { text, failed: true };
  }
}

const FINISH = /^e:.*\nd:.*\n$/m;

describe("scripts", () => {
  it("are taken in order, each by a request that suits it", async () => {
    await using session = await open();
    session.simulator.enqueue({ when: ({ system }) => system === "two", text: ["second"] });
    session.simulator.enqueue({ text: ["first"] });
    expect(await (await session.chat({ system: "one" })).text()).toContain('0:"first"');
    expect(await (await session.chat({ system: "two" })).text()).toContain('0:"second"');
  });

  it("wait in the queue while the session is refused", async () => {
    await using session = await open();
    session.simulator.enqueue({ text: ["kept"] });
    session.simulator.expireSessions();
    expect((await session.chat()).status).toBe(403);
    const { headers } = await fetch(`${session.simulator.url}/api/auth/session/`);
    const cookie = headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect(await (await session.chat({}, { headers: { cookie } })).text()).toContain('0:"kept"');
    expect(session.simulator.sessionsIssued).toBe(2);
  });

  it("give exactly the deltas of a list and small ones of a text, reasoning first", async () => {
    await using session = await open();
    session.simulator.enqueue({ text: ["a", "b c"], reasoning: "why", usage: null });
    const lines = (await (await session.chat()).text()).split("\n");
    expect(lines.slice(1, 4)).toEqual(['0:"<think>\\nwhy\\n</think>\\n\\n"', '0:"a"', '0:"b c"']);
    session.simulator.enqueue({ text: "Žluťoučký kůň 😀 \ud83d x" });
    const deltas = (await (await session.chat()).text()).split("\n").filter((line) => line.startsWith("0:"));
    expect(deltas.length).toBeGreaterThan(3);
    expect(deltas.map((line): unknown => JSON.parse(line.slice(2))).join("")).toBe(
      "Žluťoučký kůň 😀 \ud83d x",
    );
  });

  it("hold a delta back until its gate opens", async () => {
    await using session = await open();
    const gate = createGate();
    session.simulator.enqueue({ text: ["a", "b"], gate: gate.promise, gateAfter: 1 });
    const reader = (await session.chat()).body?.getReader();
    let seen = "";
    while (!seen.includes('0:"a"')) seen += new TextDecoder().decode((await reader?.read())?.value);
    expect(seen).not.toContain('0:"b"');
    gate.open();
    while (!FINISH.test(seen)) seen += new TextDecoder().decode((await reader?.read())?.value);
    expect(seen).toContain('0:"b"');
  });

  it("can keep even the status line back", async () => {
    await using session = await open();
    const gate = createGate();
    session.simulator.enqueue({ text: ["a"], gate: gate.promise, holdHead: true });
    let answered = false;
    const reply = session.chat().then((response) => {
      answered = true;
      return response.text();
    });
    await session.simulator.waitForChat(0);
    expect(answered).toBe(false);
    gate.open();
    expect(await reply).toMatch(FINISH);
  });

  it("are cut anew in pieces of any size", async () => {
    await using session = await open();
    session.simulator.enqueue({ text: ["😀 漢字"], chunkBytes: 1 });
    expect(await (await session.chat()).text()).toContain('0:"😀 漢字"\n');
  });

  it("send raw bytes, with a head of their own", async () => {
    await using session = await open();
    session.simulator.enqueue({ raw: "0:'odd\n", head: { status: 203, headers: { "x-odd": "1" } } });
    const reply = await session.chat();
    expect([reply.status, reply.headers.get("x-odd"), await reply.text()]).toEqual([203, "1", "0:'odd\n"]);
  });

  it("tell who ended the exchange", async () => {
    await using session = await open();
    session.simulator.enqueue({ text: ["a"] });
    await (await session.chat()).text();
    expect(await session.simulator.chats[0]?.closed).toBe("finished");

    const leaving = new AbortController();
    session.simulator.enqueue({ text: ["a", "b"], gate: new Promise(() => {}), gateAfter: 1 });
    const reply = await session.chat({}, { signal: leaving.signal }).catch(() => undefined);
    leaving.abort();
    await reply?.text().catch(() => "");
    const left = await session.simulator.waitForChat(1);
    expect(await left.closed).toBe("client-left");
  });

  it("that throw answer with their error", async () => {
    await using session = await open();
    session.simulator.enqueue({
      when: () => {
        throw new Error("my mistake");
      },
    });
    const reply = await session.chat();
    expect([reply.status, await reply.text()]).toEqual([500, "Simulator: Error: my mistake"]);
  });
});

describe("errors", () => {
  const text = ["a", "b", "c"];
  it.each<[ScriptedError, number, RegExp, boolean]>([
    [{ kind: "three", message: "no" }, 200, /^3:"no"\n$/, false],
    [{ kind: "mid", afterDeltas: 1 }, 200, /0:"a"\n3:"\[object Object\]"\ne:.*"error".*null/, false],
    [{ kind: "mid", afterDeltas: 1, goesOn: true }, 200, /0:"a"\n3:.*\n0:"b"\n0:"c"\ne:.*"stop"/, false],
    [{ kind: "terminated", afterDeltas: 2 }, 200, /0:"a"\n0:"b"\n3:"terminated"\n$/, false],
    [{ kind: "early-end", afterDeltas: 1 }, 200, /^f:.*\n0:"a"\n$/, false],
    [{ kind: "cut", afterDeltas: 2 }, 200, /^f:.*\n0:"a"\n0:"b"\n$/, true],
    [{ kind: "http", status: 502, body: "bad" }, 502, /^bad$/, false],
    [{ kind: "http", status: 418, body: { a: 1 } }, 418, /^\{"a":1\}$/, false],
    [{ kind: "html" }, 403, /^<!DOCTYPE html>.*Just a moment/, false],
    [{ kind: "html", status: 200 }, 200, /^<!DOCTYPE html>.*Just a moment/, false],
    [{ kind: "html", status: 522 }, 522, /^<!DOCTYPE html>.*522/, false],
    [{ kind: "empty" }, 200, /^$/, false],
    [{ kind: "empty", status: 500 }, 500, /^$/, false],
    [{ kind: "session" }, 403, /Unauthorized: Invalid session/, false],
    [{ kind: "model", available: [] }, 403, /"available_models":\[\]/, false],
    [{ kind: "usage", resetAt: 1_900_000_000 }, 429, /"resetTime":"2030-03-17T17:46:40.000Z"/, false],
    [
      { kind: "image", message: "no workers" },
      500,
      /^\{"error":"Error generating image","message":"no workers"\}$/,
      false,
    ],
  ])("%j", async (error, status, body, failed) => {
    await using session = await open();
    session.simulator.enqueue({ text, error });
    const reply = await session.chat();
    const read = await readAll(reply);
    expect(reply.status).toBe(status);
    expect(read.text).toMatch(body);
    expect(read.failed).toBe(failed);
  });

  it("can close the socket without a word", async () => {
    await using session = await open();
    session.simulator.enqueue({ error: { kind: "refuse" } });
    await expect(session.chat()).rejects.toThrow("fetch failed");
  });

  it("can stay silent until the client leaves", async () => {
    await using session = await open();
    const leaving = new AbortController();
    session.simulator.enqueue({ error: { kind: "hang" } });
    const reply = session.chat({}, { signal: leaving.signal });
    const request = await session.simulator.waitForChat(0);
    leaving.abort();
    await expect(reply).rejects.toThrow("aborted");
    expect(await request.closed).toBe("client-left");
  });

  it("bodies over 10 MB are an empty 500 in B", async () => {
    await using session = await open();
    const reply = await session.chat({ padding: "x".repeat(10 * 1024 * 1024) });
    expect([reply.status, await reply.text()]).toEqual([500, ""]);
  });
});

it.each([
  ["files", { context: [{ name: "a", content: "word ".repeat(3000) }] }, /^Your files have too much content/],
  ["a system prompt", { system: "word ".repeat(3000) }, /^\[Message too long for this model\./],
])("refuses %s beyond the model's context", async (_what, body, expected) => {
  await using session = await open({ models: [{ id: "Kimi-K2-Instruct", tokenLimit: 2000 }] });
  const reply = await session.chat(body);
  expect([reply.status, reply.headers.get("content-type")]).toEqual([400, "text/plain; charset=utf-8"]);
  expect(await reply.text()).toMatch(expected);
});

it("cuts a long message without a word, as upstream", async () => {
  await using session = await open({ models: [{ id: "Kimi-K2-Instruct", tokenLimit: 2000 }] });
  const messages = [{ role: "user", content: "word ".repeat(3000) }];
  expect((await session.chat({ messages })).status).toBe(200);
});

it("counts usage and refuses from the limit on", async () => {
  await using session = await open({ tokenLimit: 100 });
  session.simulator.enqueue({ text: ["a"], usage: { promptTokens: 90, completionTokens: 23 } });
  expect((await session.chat()).status).toBe(200);
  const refused = await session.chat();
  expect(refused.status).toBe(429);
  expect(refused.headers.get("x-tokenlimit-reset")).toMatch(/^\d{10}$/);
});

it("speaks the later event stream", async () => {
  await using session = await open({ protocol: "ui-message-stream" });
  session.simulator.enqueue({
    text: ["a", "b"],
    error: { kind: "mid", message: "oh", afterDeltas: 1, goesOn: true },
  });
  const reply = await session.chat();
  expect(reply.headers.get("x-vercel-ai-ui-message-stream")).toBe("v1");
  const events = (await reply.text())
    .split("\n\n")
    .slice(0, -1)
    .map((event) => event.replace(/^data: /, ""));
  expect(events.at(-1)).toBe("[DONE]");
  expect(events.slice(2, -1).map((event): unknown => JSON.parse(event))).toEqual([
    { type: "text-start", id: "0" },
    { type: "text-delta", id: "0", delta: "a" },
    { type: "error", errorText: "oh" },
    { type: "text-delta", id: "0", delta: "b" },
    { type: "text-end", id: "0" },
    { type: "finish-step" },
    { type: "finish", finishReason: "stop" },
  ]);
});

it("speaks the event stream as the SDK that reads it", async () => {
  await using session = await open({ protocol: "ui-message-stream" });
  session.simulator.enqueue({ text: ["a", "b"], reasoning: "why" });
  const { body } = await session.chat();
  const chunks = parseJsonEventStream({ stream: body!, schema: uiMessageChunkSchema }).pipeThrough(
    new TransformStream<{ success: boolean; value?: UIMessageChunk }, UIMessageChunk>({
      transform({ success, value }, controller) {
        expect(success).toBe(true);
        if (value !== undefined) controller.enqueue(value);
      },
    }),
  );
  let message: UIMessage | undefined;
  for await (const state of readUIMessageStream({ stream: chunks })) message = state;
  expect(message?.parts.find((part) => part.type === "text")?.text).toBe("<think>\nwhy\n</think>\n\nab");
});

describe("what happens on other routes", () => {
  it("comes in its order, waits for its gate, and is over then", async () => {
    await using session = await open();
    const { simulator } = session;
    const gate = createGate();
    simulator.enqueueAt("/api/models", { error: { kind: "http", status: 503, body: "down" } });
    simulator.enqueueAt("/api/models/", { gate: gate.promise });
    const ask = async () => (await fetch(`${simulator.url}/api/models/`)).status;
    expect(await ask()).toBe(503);
    const held = ask();
    await simulator.waitForRequest("/api/models", 1);
    expect(await ask()).toBe(200);
    gate.open();
    expect(await held).toBe(200);
  });

  it("may be any bytes, after which the connection closes", async () => {
    await using session = await open();
    const bytes = "HTTP/1.1 418 Short\r\ncontent-length: 3\r\n\r\nhop";
    session.simulator.enqueueAt("/api/health", { error: { kind: "wire", bytes } });
    const reply = await fetch(`${session.simulator.url}/api/health`);
    expect([reply.status, await reply.text()]).toEqual([418, "hop"]);
  });
});

it("a reply can be taken out of the queue again", async () => {
  await using session = await open();
  const reply = { text: ["a"] };
  const take = session.simulator.enqueue(reply);
  session.simulator.enqueue(reply);
  session.simulator.enqueue({ text: ["b"] });
  take();
  take();
  expect(await (await session.chat()).text()).toContain('0:"a"');
  expect(await (await session.chat()).text()).toContain('0:"b"');
});

it("an error in place of a reply waits for the gate", async () => {
  await using session = await open();
  const gate = createGate();
  session.simulator.enqueue({ error: { kind: "usage" }, gate: gate.promise });
  const refused = session.chat();
  await session.simulator.waitForChat(0);
  session.simulator.enqueue({ text: "x" });
  expect((await session.chat()).status).toBe(200);
  gate.open();
  expect((await refused).status).toBe(429);
});

describe("after the finish", () => {
  it("more bytes may come, and a cut", async () => {
    await using session = await open();
    session.simulator.enqueue({ text: ["x"], after: { bytes: '0:"more"\n', ending: "cut" } });
    const { text, failed } = await readAll(await session.chat());
    expect(text).toMatch(/\nd:\{.*\}\n0:"more"\n$/);
    expect(failed).toBe(true);
  });

  it("the connection may stay open", async () => {
    await using session = await open();
    session.simulator.enqueue({ text: ["x"], after: { ending: "open" } });
    const reply = await session.chat();
    const reader = reply.body?.getReader();
    let text = "";
    while (!text.includes("\nd:")) text += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    expect(await session.simulator.chats[0]?.closed).toBe("client-left");
  });
});

it("waits while the client is slow", async () => {
  let written = 0;
  const slow = Object.assign(new EventEmitter(), {
    destroyed: false,
    writeHead: () => slow,
    write: () => {
      written += 1;
      return written < 3;
    },
    end: (done: () => void) => done(),
  });
  let taken = 0;
  const body = (async function* (): Pieces {
    for (; taken < 10; taken += 1) yield await Promise.resolve("piece");
    return "end";
  })();
  const ended = sendReply(
    slow as unknown as ServerResponse,
    { kind: "http", status: 200, headers: {}, body },
    { generation: "B", path: "/api/chat" },
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect([written, taken]).toEqual([3, 2]);
  slow.emit("drain");
  await new Promise((resolve) => setImmediate(resolve));
  expect(written).toBe(4);
  slow.emit("close");
  expect(await ended).toBe("client-left");
});

describe("a script", () => {
  it("answers what nothing is queued for, once for each request, and may leave it to the built-in answer", async () => {
    const asked: unknown[] = [];
    await using session = await open({
      script({ model, messages }) {
        asked.push(messages.at(-1)?.content);
        if (model === "Kimi-K2-Instruct") return { text: ["scripted"] };
        return model === "DeepSeek-V3.2"
          ? { error: { kind: "http", status: 418, body: "teapot" } }
          : undefined;
      },
    });
    session.simulator.enqueue({ text: ["queued"] });
    expect((await readAll(await session.chat())).text).toContain('0:"queued"');
    expect(asked).toEqual([]);
    expect((await readAll(await session.chat())).text).toContain('0:"scripted"');
    expect((await session.chat({ model: "DeepSeek-V3.2" })).status).toBe(418);
    expect((await session.chat({ model: "openai-gpt-oss-120b" })).status).toBe(200);
    expect(asked).toEqual(["hi", "hi", "hi"]);
  });
});
