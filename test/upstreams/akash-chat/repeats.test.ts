/** How often the upstream is asked: the table of docs/upstream.md, over bare TCP. */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

import { describe, expect, test } from "vitest";

import type { StartTimer } from "../../../src/stream/with-idle-timeout.ts";
import { createClient } from "../../../src/upstreams/akash-chat/client.ts";
import { createOptions, createUpstream, forever, hello, readText } from "./support/create-upstream.ts";
import { answer, frame, serveRaw, streamHead, type RawAnswer } from "./support/serve-raw.ts";
import { streamOf } from "../../support/sources.ts";

const write =
  (bytes: string | Uint8Array): RawAnswer =>
  (socket) =>
    void socket.write(bytes);
const writeAndEnd =
  (bytes: string | Uint8Array): RawAnswer =>
  (socket) =>
    void socket.end(bytes);
const end: RawAnswer = (socket) => void socket.end();
const reset: RawAnswer = (socket) => void socket.resetAndDestroy();
const page = (status: number, headers = "") =>
  write(frame(`HTTP/1.1 ${status} Trouble\r\ncontent-type: text/html\r\n${headers}`, "<html>trouble"));
const refuse = (status: number, body: string) =>
  write(frame(`HTTP/1.1 ${status} No\r\ncontent-type: application/json\r\n`, body));

/** Failure, what the server does each time, asks of a chat and of a reading request, kind of the chat's error. */
const failures: readonly (readonly [string, RawAnswer, chat: number, reading: number, kind: string])[] = [
  ["closed before a byte", end, 2, 3, "upstream-unavailable"],
  ["reset before a byte", reset, 2, 3, "upstream-unavailable"],
  ["closed inside the head", writeAndEnd("HTTP/1.1 200 OK\r\ncontent-"), 1, 3, "upstream-unavailable"],
  ["closed inside the status", writeAndEnd("HTTP/1"), 1, 3, "upstream-unavailable"],
  [
    "closed after an interim head",
    writeAndEnd("HTTP/1.1 102 Processing\r\n\r\n"),
    1,
    3,
    "upstream-unavailable",
  ],
  [
    "100 (Continue) that nobody waits for",
    write("HTTP/1.1 100 Continue\r\n\r\n"),
    1,
    3,
    "upstream-unavailable",
  ],
  ["no HTTP", write("SSH-2.0-OpenSSH_9.6\r\n"), 1, 1, "upstream-protocol"],
  [
    "a head with two lengths",
    write(`${streamHead}content-length: 1\r\ncontent-length: 2\r\n\r\nx`),
    1,
    1,
    "upstream-protocol",
  ],
  [
    "headers that are too large",
    write(`${streamHead}x-much: ${"x".repeat(40_000)}\r\n\r\n`),
    1,
    1,
    "upstream-protocol",
  ],
  [
    "another protocol (101)",
    write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n"),
    1,
    1,
    "upstream-protocol",
  ],
  ["101 to nothing", write("HTTP/1.1 101 Switching Protocols\r\n\r\n"), 1, 1, "upstream-protocol"],
  ["a page of 502", page(502), 2, 3, "upstream-unavailable"],
  ["a page of 503", page(503), 2, 3, "upstream-unavailable"],
  ["a page of 504", page(504), 1, 3, "upstream-unavailable"],
  ["a page of 520", page(520), 1, 1, "upstream-unavailable"],
  ["a page of 503 with a time", page(503, "retry-after: 9\r\n"), 1, 1, "upstream-unavailable"],
  ["a challenge", page(503, "cf-mitigated: challenge\r\n"), 1, 1, "upstream-unavailable"],
  ["502 of the application", refuse(502, '{"error":"down"}'), 1, 1, "upstream-unavailable"],
  ["504 of the application", refuse(504, '{"error":"slow"}'), 1, 1, "upstream-unavailable"],
  ["the usage limit", refuse(429, '{"error":"Rate limit exceeded"}'), 1, 1, "rate-limited"],
  ["a session refused for good", refuse(403, '{"success":false}'), 2, 1, "overloaded"],
  ["an empty 500", write(frame("HTTP/1.1 500 No\r\n", "")), 1, 1, "invalid-request"],
  [
    "a body that breaks off",
    writeAndEnd(`${streamHead}content-length: 99\r\n\r\n0:"hi"\n`),
    1,
    1,
    "upstream-truncated",
  ],
  [
    "a body of broken chunks",
    write(`${streamHead}transfer-encoding: chunked\r\n\r\nthis is no length\r\n`),
    1,
    1,
    "upstream-protocol",
  ],
  ["an empty answer", write(frame(streamHead, "")), 1, 1, "upstream-truncated"],
];

describe("a failure that stays", () => {
  test.each(failures)("%s: how often a chat is asked", async (_name, act, chat, _reading, kind) => {
    await using server = await serveRaw(act);
    await using upstream = createUpstream(server.url);
    await expect(readText(streamOf(upstream, hello, { signal: forever }))).rejects.toMatchObject({ kind });
    expect(server.asked).toHaveLength(chat);
  });

  test.each(failures)("%s: how often a list is asked for", async (_name, act, _chat, reading) => {
    await using server = await serveRaw(act);
    const client = createClient(createOptions(server.url));
    try {
      const get = { method: "GET", path: "/api/models/", patience: "short" } as const;
      const asking = client.send(get, forever).then(async (reply) => reply.text());
      // Some of these replies can be read.
      await asking.catch(() => undefined);
    } finally {
      await client.close();
    }
    expect(server.asked).toHaveLength(reading);
  });

  test("silence: a chat is asked once", async () => {
    let expireTimer: (() => void) | undefined;
    await using server = await serveRaw(() => expireTimer?.());
    const startTimer: StartTimer = (_milliseconds, expire) => {
      expireTimer = expire;
      return () => undefined;
    };
    await using upstream = createUpstream(server.url, {}, { startTimer });
    await expect(readText(streamOf(upstream, hello, { signal: forever }))).rejects.toMatchObject({
      kind: "upstream-timeout",
    });
    expect(server.asked).toHaveLength(1);
  });

  test("no connection: a chat is tried three times", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, "close");
    let pauses = 0;
    const startTimer: StartTimer = (_milliseconds, expire) => {
      pauses += 1;
      const timer = setImmediate(expire);
      return () => clearImmediate(timer);
    };
    const client = createClient(createOptions(`http://127.0.0.1:${port}`, {}, { startTimer }));
    const post = { method: "POST", path: "/api/chat/", body: Buffer.from("{}"), patience: "chat" } as const;
    try {
      await expect(client.send(post, forever)).rejects.toMatchObject({ kind: "upstream-unavailable" });
    } finally {
      await client.close();
    }
    expect(pauses).toBe(2);
  });
});

describe("a failure that passes", () => {
  test.each([
    ["closed before a byte", [end]],
    ["reset before a byte", [reset]],
    ["a page of 502", [page(502)]],
    ["a session refused once", [refuse(403, '{"success":false}')]],
    ["a connection closed, then a session refused", [end, refuse(403, '{"success":false}')]],
    ["a session refused, then a connection closed", [refuse(403, '{"success":false}'), end]],
  ])("%s: the answer comes at last", async (_name, acts) => {
    await using server = await serveRaw(...acts, write(answer));
    await using upstream = createUpstream(server.url);
    expect(await readText(streamOf(upstream, hello, { signal: forever }))).toBe("hi");
    expect(server.asked).toHaveLength(acts.length + 1);
  });

  test("a kept connection that the upstream closes as a request arrives is no failure", async () => {
    await using server = await serveRaw(write(answer), end, write(answer));
    await using upstream = createUpstream(server.url);
    expect(await readText(streamOf(upstream, hello, { signal: forever }))).toBe("hi");
    expect(await readText(streamOf(upstream, hello, { signal: forever }))).toBe("hi");
    expect(server.asked).toHaveLength(3);
  });

  test("a new session is no new allowance: a chat is repeated once after it was sent", async () => {
    await using server = await serveRaw(end, refuse(403, '{"success":false}'), end, write(answer));
    await using upstream = createUpstream(server.url);
    await expect(readText(streamOf(upstream, hello, { signal: forever }))).rejects.toMatchObject({
      kind: "upstream-unavailable",
    });
    expect(server.asked).toHaveLength(3);
  });
});

describe("heads before the head", () => {
  test.each(["102 Processing", "103 Early Hints", "110 Whatever"])("%s is passed over", async (status) => {
    const interim = Buffer.from(`HTTP/1.1 ${status}\r\nlink: </x>\r\n\r\n`);
    await using server = await serveRaw(write(Buffer.concat([interim, interim, answer])));
    await using upstream = createUpstream(server.url);
    expect(await readText(streamOf(upstream, hello, { signal: forever }))).toBe("hi");
    expect(server.asked).toHaveLength(1);
  });
});
