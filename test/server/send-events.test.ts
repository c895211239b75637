import { once } from "node:events";
import { connect } from "node:net";
import { ServerResponse } from "node:http";
import { describe, expect, test, vi } from "vitest";

import { GatewayError } from "../../src/errors.ts";
import { createBlockWriter } from "../../src/model/block-writer.ts";
import { aborted, createGate } from "../support/gate.ts";
import { openRequest, openStream } from "../support/open-stream.ts";
import { post, readChunks, readData } from "../support/post.ts";
import { startEdge, textAnswer } from "../support/start-edge.ts";
import { startOver } from "../support/start-over.ts";

const path = "/v1/chat/completions";
const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Hi" }], stream: true };
const whole = { ...body, stream: false };
const limited = new GatewayError("rate-limited", "Slow down.", { retryAfterMs: 4200, shouldRetry: false });

const contents = (text: string) =>
  readChunks(text)
    .map((chunk) => chunk.choices[0]?.delta.content ?? "")
    .join("");

describe("the head", () => {
  test("says what proxies need to know", async () => {
    await using edge = await startEdge({});
    const { headers } = await post(edge.url + path, body);
    expect(headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    });
    expect(headers["x-request-id"]).toMatch(/^req_/);
  });

  test("is held while nothing but the start has come, so that a failure keeps its status", async () => {
    await using edge = await startEdge({
      async *answer() {
        yield [{ type: "response-start", model: "DeepSeek-V3.2" }];
        throw limited;
      },
    });
    const reply = await post(edge.url + path, body);
    expect(reply.status).toBe(429);
    expect(reply.headers).toMatchObject({ "retry-after": "5", "x-should-retry": "false" });
    expect(reply.json()).toEqual({
      code: 429,
      data: { msg: "Slow down." },
      error: { message: "Slow down.", type: "rate_limit_error", param: null, code: "rate_limit_exceeded" },
    });
  });

  test("goes out after RESPONSE_HOLD_MS of silence, followed by heartbeats and then the answer", async () => {
    const gate = createGate();
    await using edge = await startEdge({
      env: { RESPONSE_HOLD_MS: "0", HEARTBEAT_MS: "100" },
      async *answer() {
        await gate.promise;
        yield* textAnswer("Hello");
      },
    });
    const stream = await openStream(edge.url + path, body);
    expect(stream.status).toBe(200);
    await stream.readUntil('"delta":{},"logprobs":null,"finish_reason":null}]}\n\ndata: ');
    gate.open();
    const chunks = readChunks(await stream.readRest());
    const deltas = chunks.map((chunk) => chunk.choices[0].delta);
    expect(deltas[0]).toEqual({ role: "assistant", content: "" });
    expect(deltas.slice(1, 3)).toEqual([{}, {}]);
    expect(deltas.filter((delta) => "role" in delta)).toHaveLength(1);
    expect(deltas.map((delta) => delta.content ?? "").join("")).toBe("Hello");
    expect(
      new Set(chunks.map(({ id, created, object, model }) => [id, created, object, model].join())),
    ).toHaveLength(1);
  });
});

test("a head that could not wait names no upstream that has only failed until then", async () => {
  const gate = createGate();
  await using over = await startOver(
    ["first", "second"].map((name) => ({ name, persona: "vllm" as const, models: [{ id: "qwen3" }] })),
    { env: { RESPONSE_HOLD_MS: "500" } },
  );
  over.server("first").enqueue({ kind: "error", status: 402, message: "No." });
  over.server("second").enqueue({ kind: "answer", text: [gate.promise, "Hello"] });
  const stream = await openStream(over.url + path, { ...body, model: "qwen3" });
  for (const name of ["x-upstream", "x-upstream-attempts", "x-upstream-request-id"])
    expect(stream.headers).not.toHaveProperty(name);
  gate.open();
  expect(contents(await stream.readRest())).toBe("Hello");
});

describe("a failure after the head", () => {
  test("is the dialect's error frame, without [DONE], and is logged as an error", async () => {
    await using edge = await startEdge({
      async *answer() {
        yield* textAnswer("Hel", "lo").slice(0, 1);
        throw limited;
      },
    });
    const reply = await post(edge.url + path, body);
    const data = readData(reply.text);
    expect(JSON.parse(data.at(-1) ?? "")).toEqual({
      error: { message: "Slow down.", type: "rate_limit_error", param: null, code: "rate_limit_exceeded" },
    });
    expect(reply.text).not.toContain("[DONE]");
    expect(reply.text).not.toContain('"finish_reason":"stop"');
    await edge.close();
    expect(edge.lines.find((line) => "route" in line)).toMatchObject({
      level: 50,
      status: 200,
      error: "rate-limited",
    });
  });

  test("comes also when the head went out by time", async () => {
    const gate = createGate();
    await using edge = await startEdge({
      env: { RESPONSE_HOLD_MS: "0" },
      async *answer() {
        await gate.promise;
        yield* [];
        throw limited;
      },
    });
    const stream = await openStream(edge.url + path, body);
    gate.open();
    expect(await stream.readRest()).toMatch(/data: {"error":{"message":"Slow down\."/);
  });
});

test("an answer that ends without a finish is an error, before and after the first text, and when whole", async () => {
  let pieces = 0;
  await using edge = await startEdge({ answer: () => textAnswer("Hello").slice(0, pieces) });
  expect((await post(edge.url + path, body)).status).toBe(502);
  expect((await post(edge.url + path, whole)).status).toBe(502);
  pieces = 1;
  const streamed = await post(edge.url + path, body);
  expect(streamed.text).toContain('"code":"upstream_truncated"');
  expect(streamed.text).not.toContain("[DONE]");
  expect((await post(edge.url + path, whole)).json().error.code).toBe("upstream_truncated");
});

describe("a client that leaves", () => {
  test.each([
    ["before the first byte of a stream", body, 0],
    ["in the middle of a stream", body, 1],
    ["while a whole answer is made", whole, 0],
    ["while one of several choices is streamed", { ...body, n: 2 }, 1],
    ["while several whole answers are made", { ...whole, n: 2 }, 0],
    ["before the first byte of a legacy completion", { model: "m", prompt: "Hi", stream: true }, 0],
  ])("%s ends the upstream's work", async (_name, request, pieces) => {
    const started = createGate();
    const ended = createGate();
    let running = 0;
    await using edge = await startEdge({
      async *answer(_request, { signal }) {
        running += 1;
        started.open();
        try {
          yield* textAnswer("Hello").slice(0, pieces);
          await aborted(signal);
          throw signal.reason;
        } finally {
          running -= 1;
          if (running === 0) ended.open();
        }
      },
    });
    const url = edge.url + ("prompt" in request ? "/v1/completions" : path);
    const client = openRequest(url, request);
    if (pieces === 0) await started.promise;
    else await (await client.reply).readUntil("Hello");
    client.leave();
    await ended.promise;
    expect(running).toBe(0);
  });
});

test("a client that does not read pauses the upstream, and then gets everything", async () => {
  const batches = 2000;
  const piece = "x".repeat(16_384);
  const begun = createGate();
  let pulled = 0;
  await using edge = await startEdge({
    async *answer() {
      for (const batch of textAnswer(...Array.from({ length: batches }, () => piece))) {
        pulled += 1;
        begun.open();
        yield batch;
      }
    },
  });
  const stream = await openStream(edge.url + path, body);
  await begun.promise;
  // Without backpressure the whole answer would be pulled in one turn of the event loop.
  for (let turn = 0; turn < 1000; turn += 1) await new Promise(setImmediate);
  expect(pulled).toBeLessThan(batches);
  expect(contents(await stream.readRest())).toBe(piece.repeat(batches));
});

test("one batch is one write", async () => {
  await using edge = await startEdge({
    answer() {
      const writer = createBlockWriter("m");
      for (let index = 0; index < 100; index += 1) {
        writer.write("reasoning", `${index} `);
        writer.write("text", `${index} `);
      }
      const [first, second] = [writer.take(), textAnswer("more").at(-1) ?? []];
      return [first, [{ type: "block-end", index: 199 }, ...second]];
    },
  });
  const written = vi.spyOn(ServerResponse.prototype, "write");
  const ended = vi.spyOn(ServerResponse.prototype, "end");
  const reply = await post(edge.url + path, body);
  expect(readChunks(reply.text).length).toBeGreaterThan(200);
  // An empty one only asks when there is room again.
  expect(written.mock.calls.filter(([text]) => text !== "")).toHaveLength(1);
  expect(ended).toHaveBeenCalledTimes(1);
  vi.restoreAllMocks();
});

describe("shutdown", () => {
  test("lets a running stream finish and takes no new request meanwhile", async () => {
    const gate = createGate();
    await using edge = await startEdge({
      env: { SHUTDOWN_TIMEOUT_MS: "60000" },
      async *answer() {
        const [first = [], ...rest] = textAnswer("Hel", "lo");
        yield first;
        await gate.promise;
        yield* rest;
      },
    });
    const stream = await openStream(edge.url + path, body);
    await stream.readUntil("Hel");
    const closed = edge.close();
    await expect(openRequest(edge.url + path, body).reply).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/);
    gate.open();
    expect(contents(await stream.readRest())).toBe("Hello");
    await closed;
  });

  test("ends what still runs at its deadline: an error frame, or a 503", async () => {
    const open = createGate();
    let running = 0;
    await using edge = await startEdge({
      async *answer(_request, { signal }) {
        running += 1;
        if (running === 2) open.open();
        yield* textAnswer("Hello").slice(0, 1);
        await aborted(signal);
        throw signal.reason;
      },
    });
    const stream = await openStream(edge.url + path, body);
    await stream.readUntil("Hello");
    const reply = post(edge.url + path, whole);
    await open.promise;
    await edge.close();
    const text = await stream.readRest();
    expect(text).toContain('"code":"overloaded"');
    expect(text).not.toContain("[DONE]");
    expect((await reply).status).toBe(503);
  });

  test("does not wait for idle connections", async () => {
    const edge = await startEdge({ env: { SHUTDOWN_TIMEOUT_MS: "60000" } });
    // fetch keeps its connection.
    await (await fetch(`${edge.url}/health`)).text();
    await edge.close();
  });

  test("does not wait for connections that were opened ahead", async () => {
    const edge = await startEdge({ env: { SHUTDOWN_TIMEOUT_MS: "60000" } });
    const socket = connect(Number(new URL(edge.url).port), "127.0.0.1");
    await once(socket, "connect");
    // Accepted after the other, which so is accepted, too.
    await (await fetch(`${edge.url}/health`)).text();
    const closed = once(socket, "close");
    await edge.close();
    await closed;
  });
});
