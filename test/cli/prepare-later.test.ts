import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, expect, test } from "vitest";

import { prepareLater } from "../../src/cli/prepare-later.ts";

let server: Server;
let expired: (() => void)[];
let done: string[];

beforeEach(async () => {
  expired = [];
  done = [];
  server = createServer((_request, response) => response.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => server.close());

function prepare(forAnswers = (): void => void done.push("for answers")): void {
  prepareLater(server, {
    atRest: () => void done.push("at rest"),
    forAnswers,
    onError: (error) => void done.push(String(error)),
    wait: (expire) => void expired.push(expire),
  });
}

async function ask(method: string): Promise<void> {
  const { port } = server.address() as AddressInfo;
  await fetch(`http://127.0.0.1:${port}/`, { method });
}

/** All waits are over, and what they began is done. */
async function passTime(): Promise<void> {
  for (const expire of expired.splice(0)) expire();
  await new Promise((resolve) => setImmediate(resolve));
}

test("what takes much memory waits until a model may be asked", async () => {
  prepare();
  await ask("GET");
  await passTime();
  expect(done).toEqual(["at rest"]);
  await ask("POST");
  expect(done).toEqual(["at rest"]);
  await passTime();
  expect(done).toEqual(["at rest", "for answers"]);
});

test("two first requests at once have it done once", async () => {
  prepare();
  await Promise.all([ask("POST"), ask("POST")]);
  await ask("POST");
  await passTime();
  expect(done).toEqual(["at rest", "for answers"]);
  expect(server.listenerCount("request")).toBe(1);
});

test("a failure is told", async () => {
  prepare(() => {
    throw new Error("no such file");
  });
  await ask("POST");
  await passTime();
  expect(done).toEqual(["at rest", "Error: no such file"]);
});
