import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";

import { expect, test } from "vitest";

import { beginsInTurn, createTurns } from "../../src/server/create-turns.ts";
import { startStack } from "../support/start-stack.ts";

const here = () => false;

const names = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

test("of those that come together a few begin in each turn of the event loop, in their order", async () => {
  const begun: number[] = [];
  const takeTurn = createTurns();
  const some = beginsInTurn;
  for (const name of names(0, 2 * some + 1)) takeTurn(() => begun.push(name), here);
  expect(begun).toEqual(names(0, some));
  await turn();
  expect(begun).toEqual(names(0, 2 * some));
  takeTurn(() => begun.push(2 * some + 1), here);
  expect(begun).toEqual(names(0, 2 * some));
  await turn();
  expect(begun).toEqual(names(0, 2 * some + 2));
});

test("one that comes when nobody waits begins at once", async () => {
  const begun: string[] = [];
  const takeTurn = createTurns();
  takeTurn(() => begun.push("a"), here);
  await turn();
  takeTurn(() => begun.push("b"), here);
  expect(begun).toEqual(["a", "b"]);
});

test("one that is over when its turn comes is passed over, and takes no place in it", async () => {
  const begun: number[] = [];
  const takeTurn = createTurns();
  const some = beginsInTurn;
  let over = false;
  for (const name of names(0, some)) takeTurn(() => begun.push(name), here);
  takeTurn(
    () => begun.push(-1),
    () => over,
  );
  for (const name of names(some, 2 * some)) takeTurn(() => begun.push(name), here);
  over = true;
  await turn();
  expect(begun).toEqual(names(0, 2 * some));
});

const body = JSON.stringify({ model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say ready." }] });
const bytes = `POST /v1/chat/completions HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** Reads until the one answer on the way is complete. */
async function readAnswer(socket: Socket): Promise<void> {
  let text = "";
  while (!text.includes('"total_tokens"')) {
    const [chunk] = await once(socket, "data");
    text += String(chunk);
  }
}

test("the upstream is not asked for a burst of clients that have left by their turn", async () => {
  await using stack = await startStack();
  const { hostname, port } = new URL(stack.url);
  const sockets = Array.from({ length: 6 * beginsInTurn }, () => connect(Number(port), hostname));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  // So that session, models and connections to the upstream are there, and nothing else is to be waited for.
  for (const socket of sockets) socket.write(bytes);
  await Promise.all(sockets.map(readAnswer));
  const before = stack.simulator.chats.length;

  for (const socket of sockets) {
    socket.write(bytes);
    socket.destroy();
  }
  // Comes after them, so whatever was to be asked for them has been asked when it is answered.
  const last = connect(Number(port), hostname);
  last.write(bytes);
  await readAnswer(last);
  last.destroy();
  // Those of the first two turns begin before the gateway can see that their clients have left; and the last.
  expect(stack.simulator.chats.length - before).toBeLessThanOrEqual(2 * beginsInTurn + 1);
});
