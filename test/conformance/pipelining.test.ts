/** Clients that send requests without waiting for answers: Node keeps the later answers in a queue. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text as readText } from "node:stream/consumers";
import { pino } from "pino";
import { expect, test } from "vitest";

import { expectSilence } from "../judges/support/expect-silence.ts";
import { createGate } from "../support/gate.ts";
import { get } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";
import { dialects, type Dialect } from "./support/dialects.ts";

expectSilence();

const chat = dialects[0]!;
const never = new Promise<void>(() => {});

function open(stack: Stack): Socket {
  const { hostname, port } = new URL(stack.url);
  return connect(Number(port), hostname);
}

/** One request as it goes over the wire. */
function encode({ path, ...dialect }: Dialect, extra: object, content = "x"): string {
  const text = JSON.stringify({ ...dialect.body(content), ...extra });
  return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** A stack whose log can be waited for. */
async function startLogged(): Promise<{ stack: Stack; logged: (count: number) => Promise<unknown[]> }> {
  const lines: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  const log = pino(
    { base: null },
    {
      write(line) {
        lines.push(JSON.parse(line));
        for (const check of waiting) check();
      },
    },
  );
  const stack = await startStack({ overrides: { log }, env: { RESPONSE_HOLD_MS: "600000" } });
  function logged(count: number): Promise<unknown[]> {
    const gate = createGate<unknown[]>();
    const check = (): void => {
      const requests = lines.filter(({ route }) => route !== undefined);
      if (requests.length >= count) gate.open(requests);
    };
    waiting.add(check);
    check();
    return gate.promise;
  }
  return { stack, logged };
}

test.each([true, false])(
  "a client that leaves ends the requests that wait for their turn too; streams: %s",
  async (stream) => {
    const { stack, logged } = await startLogged();
    const socket = open(stack);
    for (const [index, dialect] of dialects.entries()) {
      stack.simulator.enqueue({ text: ["Eins ", "zwei"], gate: never, gateAfter: 1 });
      socket.write(encode(dialect, { stream }));
      await stack.simulator.waitForChat(index);
    }
    socket.destroy();
    for (const { closed } of stack.simulator.chats) expect(await closed).toBe("client-left");
    expect(stack.simulator.chats).toHaveLength(dialects.length);
    expect(await logged(dialects.length)).toEqual(
      dialects.map(() => expect.objectContaining({ clientLeft: true })),
    );
    // Nothing counts as running any more, so that a shutdown has nothing to wait for.
    await stack.close();
  },
);

test.each(["destroy", "resetAndDestroy", "end"] as const)(
  "a client that leaves by %s in the middle of its second stream ends that and all behind it",
  async (way) => {
    await using stack = await startStack();
    const socket = open(stack);
    stack.simulator.enqueue({ text: "first" });
    for (let index = 0; index < 3; index += 1) {
      if (index > 0) stack.simulator.enqueue({ text: ["Eins ", "zwei"], gate: never, gateAfter: 1 });
      socket.write(encode(chat, { stream: true }));
      await stack.simulator.waitForChat(index);
    }
    socket.setEncoding("utf8");
    let text = "";
    while (!text.includes("Eins")) text += (await once(socket, "data"))[0];
    socket[way]();
    const ends = stack.simulator.chats.map(({ closed }) => closed);
    expect(await Promise.all(ends)).toEqual(["finished", "client-left", "client-left"]);
  },
);

test("a client that leaves ends a request whose answer already fills its queue", async () => {
  await using stack = await startStack();
  const socket = open(stack);
  stack.simulator.enqueue({ text: ["Eins ", "zwei"], gate: never, gateAfter: 1 });
  socket.write(encode(chat, { stream: true }));
  await stack.simulator.waitForChat(0);
  // More than a response takes before it wants to be drained, which it is only when its turn comes.
  stack.simulator.enqueue({ text: ["x".repeat(1_000_000), "end"], gate: never, gateAfter: 1 });
  socket.write(encode(chat, { stream: true }));
  const asked = await stack.simulator.waitForChat(1);
  await get(`${stack.url}/health`);
  socket.destroy();
  expect(await asked.closed).toBe("client-left");
});

test("a shutdown ends what still waits for its turn with words", async () => {
  const { stack, logged } = await startLogged();
  const socket = open(stack);
  for (const [index, dialect] of dialects.entries()) {
    stack.simulator.enqueue({ text: ["Eins ", "zwei"], gate: never, gateAfter: 1 });
    socket.write(encode(dialect, { stream: true }));
    await stack.simulator.waitForChat(index);
  }
  socket.setEncoding("utf8");
  let text = "";
  while (!text.includes("Eins")) text += (await once(socket, "data"))[0];
  const rest = readText(socket);
  await stack.close();
  const replies = (text + (await rest)).split("HTTP/1.1 ").slice(1);
  expect(replies).toEqual(dialects.map(() => expect.stringMatching(/^(?:200|503|529) .*shut/s)));
  expect(await logged(dialects.length)).toHaveLength(dialects.length);
});

test("a hundred requests at once on one connection are answered in their order", async () => {
  await using stack = await startStack();
  const socket = open(stack);
  const texts = Array.from({ length: 100 }, (_, index) => `answer ${index}.`);
  for (const text of texts) {
    stack.simulator.enqueue({ text, when: ({ messages }) => messages.at(-1)?.content === text });
  }
  socket.write(texts.map((text) => encode(chat, {}, text)).join(""));
  socket.write("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const replies = (await readText(socket)).match(/"content":"answer \d+\."/g);
  expect(replies).toEqual(texts.map((text) => `"content":"${text}"`));
});
