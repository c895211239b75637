/** How clients behave: they leave at any time, read slowly, and come many at once. */
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text as readText } from "node:stream/consumers";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";

import type { ScriptedReply } from "../../src/simulator/types.ts";
import { get, post } from "../support/post.ts";
import { createGate } from "../support/gate.ts";
import { openRequest, openStream } from "../support/open-stream.ts";
import { startStack, type Stack } from "../support/start-stack.ts";
import { dialects, type Dialect, type Reading } from "./support/dialects.ts";

const never = new Promise<void>(() => {});
const patient = { RESPONSE_HOLD_MS: "600000" };
const hasty = { RESPONSE_HOLD_MS: "0", HEARTBEAT_MS: "100" };
const byName = (name: Dialect["name"]): Dialect =>
  dialects.find((dialect) => dialect.name === name) ?? fail();
const fail = (): never => {
  throw new Error("no such dialect");
};

/** Resolves when all upstream requests so far were left. */
async function expectLeft(stack: Stack, count = 1): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const chat = await stack.simulator.waitForChat(index);
    expect(await chat.closed).toBe("client-left");
  }
  expect(stack.simulator.chats).toHaveLength(count);
  expect((await get(`${stack.url}/health`)).status).toBe(200);
}

describe.each(dialects)("a client of $name that leaves", (dialect) => {
  const url = (stack: Stack) => stack.url + dialect.path;

  test.each([true, false])(
    "before anything came back ends the upstream request; stream: %s",
    async (stream) => {
      await using stack = await startStack({ env: patient });
      stack.simulator.enqueue({ text: "x", gate: never, holdHead: true });
      const opened = openRequest(url(stack), { ...dialect.body("x"), stream });
      await stack.simulator.waitForChat(0);
      opened.leave();
      await expectLeft(stack);
    },
  );

  test("in the heartbeats ends it", async () => {
    await using stack = await startStack({ env: hasty });
    stack.simulator.enqueue({ text: "x", gate: never });
    const stream = await openStream(url(stack), { ...dialect.body("x"), stream: true });
    await stream.readUntil(dialect.heartbeat);
    await stack.simulator.waitForChat(0);
    stream.leave();
    await expectLeft(stack);
  });

  test("not, but waits in silence, sees heartbeats that change nothing", async () => {
    const gate = createGate();
    await using stack = await startStack({ env: { RESPONSE_HOLD_MS: "600000", HEARTBEAT_MS: "100" } });
    stack.simulator.enqueue({ text: ["Eins ", "zwei ", "drei"], gate: gate.promise, gateAfter: 2 });
    const stream = await openStream(url(stack), { ...dialect.body("x"), stream: true });
    await stream.readUntil("zwei");
    await stream.readUntil(dialect.laterHeartbeat);
    gate.open();
    expect(dialect.readStream(await stream.readRest())).toMatchObject({
      text: "Eins zwei drei",
      finish: dialect.finishes.stop,
    });
  });

  test("in the middle of the text ends it", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: ["Eins ", "zwei ", "drei"], gate: never, gateAfter: 2 });
    const stream = await openStream(url(stack), { ...dialect.body("x"), stream: true });
    await stream.readUntil("zwei");
    stream.leave();
    await expectLeft(stack);
  });

  test("in the middle of an answer that it gets whole ends it", async () => {
    await using stack = await startStack();
    let sent: (() => void) | undefined;
    const half = new Promise<void>((resolve) => {
      sent = resolve;
    });
    async function* text() {
      yield "Eins ";
      sent?.();
      await never;
    }
    stack.simulator.enqueue({ text: text() });
    const opened = openRequest(url(stack), dialect.body("x"));
    await half;
    opened.leave();
    await expectLeft(stack);
  });

  test("while a picture is made ends the watching", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ image: { prompt: "x", pollGate: never } });
    const opened = openRequest(url(stack), { ...dialect.body("x", "AkashGen"), stream: true });
    const poll = await stack.simulator.waitForRequest("/api/image-status");
    opened.leave();
    expect(await poll.closed).toBe("client-left");
  });

  test("by closing only its own half has left too", async () => {
    await using stack = await startStack({ env: patient });
    stack.simulator.enqueue({ text: "x", gate: never });
    const { hostname, port } = new URL(stack.url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const body = JSON.stringify(dialect.body("x"));
    socket.write(`POST ${dialect.path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await stack.simulator.waitForChat(0);
    socket.end();
    await expectLeft(stack);
  });

  test("in the middle of its own request asks nothing of the upstream", async () => {
    await using stack = await startStack();
    const outgoing = request(url(stack), { method: "POST", agent: false });
    const closed = new Promise((resolve) => outgoing.on("close", resolve).on("error", () => undefined));
    outgoing.write(JSON.stringify(dialect.body("x")).slice(0, 20));
    const [socket] = await once(outgoing, "socket");
    if (socket.connecting) await once(socket, "connect");
    outgoing.destroy();
    await closed;
    expect((await get(`${stack.url}/health`)).status).toBe(200);
    expect(stack.simulator.chats).toEqual([]);
  });
});

const tool = {
  name: "get_weather",
  parameters: { type: "object", properties: { city: { type: "string" } } },
};
const withTool: Readonly<Partial<Record<Dialect["name"], object>>> = {
  chat: { tools: [{ type: "function", function: tool }] },
  responses: { tools: [{ type: "function", ...tool }] },
  messages: { tools: [{ name: tool.name, input_schema: tool.parameters }] },
};

describe.each(["chat", "responses", "messages"] as const)("a client of %s that leaves", (name) => {
  const dialect = byName(name);

  test("in the middle of a tool call ends the upstream request", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({
      text: ['<tool_call>{"name": "get_weather", "arguments": {"city": "Os', 'lo"}}</tool_call>'],
      gate: never,
      gateAfter: 1,
    });
    const body = { ...dialect.body("x"), ...withTool[name], stream: true };
    const stream = await openStream(stack.url + dialect.path, body);
    await stream.readUntil("get_weather");
    stream.leave();
    await expectLeft(stack);
  });

  test("while the model is asked once more ends that request", async () => {
    await using stack = await startStack({ env: patient });
    stack.simulator.enqueue({ text: "I would rather not." });
    stack.simulator.enqueue({ text: "x", gate: never });
    const opened = openRequest(stack.url + dialect.path, {
      ...dialect.body("x"),
      ...withTool[name],
      tool_choice: name === "messages" ? { type: "any" } : "required",
    });
    const second = await stack.simulator.waitForChat(1);
    opened.leave();
    expect(await second.closed).toBe("client-left");
  });
});

test.each(["chat", "completions"] as const)(
  "a client of %s that leaves ends all of its choices",
  async (name) => {
    await using stack = await startStack();
    for (let index = 0; index < 3; index += 1) {
      stack.simulator.enqueue({ text: ["Eins ", "zwei"], gate: never, gateAfter: 1 });
    }
    const dialect = byName(name);
    const stream = await openStream(stack.url + dialect.path, { ...dialect.body("x"), n: 3, stream: true });
    await stream.readUntil("Eins");
    await stack.simulator.waitForChat(2);
    stream.leave();
    await expectLeft(stack, 3);
  },
);

test.each(["chat", "completions"] as const)("one failing choice of %s ends the others", async (name) => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: ["Eins ", "zwei"], gate: never, gateAfter: 1 });
  stack.simulator.enqueue({ error: { kind: "three", message: "Service unavailable" } });
  const dialect = byName(name);
  const reply = await post(stack.url + dialect.path, { ...dialect.body("x"), n: 2 });
  expect([reply.status, dialect.readError(reply.json()).code]).toEqual([502, "upstream_unavailable"]);
  expect(await stack.simulator.chats[0]?.closed).toBe("client-left");
});

// The second has more bytes than a response takes before it wants to be drained, but fewer characters.
test.each([
  ["words", "word ".repeat(20_000)],
  ["Chinese", "模型".repeat(16_666)],
])("a slow reader of %s holds up the upstream, and gets everything", async (_name, piece) => {
  await using stack = await startStack();
  const bytes = Buffer.byteLength(piece);
  const pieces = 450;
  let produced = 0;
  async function* text() {
    for (let index = 0; index < pieces; index += 1) {
      produced += bytes;
      yield piece;
    }
  }
  stack.simulator.enqueue({ text: text() });
  const dialect = byName("chat");
  const outgoing = request(stack.url + dialect.path, { method: "POST", agent: false });
  outgoing.end(JSON.stringify({ ...dialect.body("x"), stream: true }));
  const [incoming] = await once(outgoing, "response");
  let read = 0;
  let lead = 0;
  let tail = "";
  for await (const chunk of incoming) {
    read += chunk.length;
    tail = (tail + chunk).slice(-200);
    lead = Math.max(lead, produced - read);
    // Everyone else may go on while this client looks at a piece.
    for (let turns = 0; turns < 3; turns += 1) await turn();
  }
  expect(produced).toBe(bytes * pieces);
  expect(read).toBeGreaterThan(produced);
  expect(tail).toMatch(/\[DONE\]\n\n$/);
  // The kernel's socket buffers hold up to 16 MB on this way; the rest of the 45 MB has to wait.
  expect(lead).toBeLessThan(30_000_000);
});

test("pipelined requests are answered in their order, streams included", async () => {
  await using stack = await startStack();
  const texts = ["first", "second", "third"];
  const pipelined = texts.map((text, index) => {
    stack.simulator.enqueue({ text, when: (body) => body.messages.at(-1)?.content === text });
    const dialect = dialects[index] ?? fail();
    const body = JSON.stringify({ ...dialect.body(text), stream: index === 0 });
    return `POST ${dialect.path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  });
  pipelined.push("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const { hostname, port } = new URL(stack.url);
  const socket = connect(Number(port), hostname);
  socket.write(pipelined.join(""));
  const replies = (await readText(socket)).split("HTTP/1.1 200 OK\r\n").slice(1);
  expect(replies).toEqual([...texts, "akashchat-api"].map((text) => expect.stringContaining(text)));
  expect(replies[0]).toMatch(/\[DONE\]/);
});

/** What request number `index` is to get, and how one knows. */
function plan(index: number): { script: ScriptedReply; expected: Partial<Reading> | { status: number } } {
  const text = `answer ${index} `.repeat((index % 7) + 1);
  const failure = { kind: "mid", afterDeltas: Infinity } as const;
  switch (index % 5) {
    case 0:
      return { script: { error: { kind: "three", message: `Failure ${index}` } }, expected: { status: 502 } };
    case 1:
      return { script: { error: { kind: "http", status: 429, body: "" } }, expected: { status: 429 } };
    case 2:
      return { script: { text, error: failure, chunkBytes: 1 + (index % 11) }, expected: { text } };
    default:
      return { script: { text, chunkBytes: 1 + (index % 13) }, expected: { text, error: undefined } };
  }
}

test("three hundred at once over all APIs get their own answers", { timeout: 120_000 }, async () => {
  await using stack = await startStack();
  const asked = Array.from({ length: 300 }, async (_, index) => {
    const dialect = dialects[index % dialects.length] ?? fail();
    const marker = `marker ${index}.`;
    const { script, expected } = plan(index);
    stack.simulator.enqueue({ ...script, when: (body) => body.messages.at(-1)?.content === marker });
    const stream = index % 3 !== 0;
    const reply = await post(stack.url + dialect.path, { ...dialect.body(marker), stream });
    if ("status" in expected) {
      expect(reply.status).toBe(expected.status);
      if (expected.status === 502)
        expect(dialect.readError(reply.json()).message).toMatch(new RegExp(`Failure ${index}\\b`));
      return;
    }
    if (index % 5 === 2 && !stream) {
      expect(reply.status).toBe(502);
      return;
    }
    const reading = stream ? dialect.readStream(reply.text) : dialect.readWhole(reply.json());
    expect(reading).toMatchObject(expected);
  });
  await Promise.all(asked);
  expect(stack.simulator.chats).toHaveLength(300);
  expect(stack.simulator.sessionsIssued).toBe(1);
});
