/** Each request leaves one line, whatever became of it. docs/logs.md describes the fields. */
import { connect } from "node:net";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { dialects, withSampling } from "../conformance/support/dialects.ts";
import { openRequest, openStream } from "../support/open-stream.ts";
import { get, post, type AnyJson } from "../support/post.ts";
import { startLogged, type LoggedStack } from "../support/start-logged.ts";

const never = new Promise<void>(() => {});
const folders = {
  chat: "openai-chat",
  completions: "openai-completions",
  responses: "openai-responses",
  messages: "anthropic-messages",
  ollama: "ollama-chat",
};
const secret = "my private words";

let stack: LoggedStack;
beforeEach(async () => {
  stack = await startLogged({ env: { MODEL_ALIASES: "gpt-*=DeepSeek-V3.2" } });
});
afterEach(() => stack.close());

const requests = (count = 1): Promise<AnyJson[]> => stack.logged({ event: "request" }, count);

describe.each(dialects)("$name", (dialect) => {
  const { name, path } = dialect;
  const body = (content: string, model: string) => dialect.body(content, model);
  const url = (): string => stack.url + path;
  const head = {
    method: "POST",
    route: path,
    dialect: folders[name],
    requestedModel: "gpt-4o",
    clientAddress: "127.0.0.1",
    userAgent: "a test/1.0",
  };
  const headers = { "user-agent": "a test/1.0", authorization: "Bearer s3cret" };

  test.each([true, false])("an answer; streamed: %s", async (stream) => {
    stack.simulator.enqueue({ text: ["one ", "two"], usage: { promptTokens: 10, completionTokens: 3 } });
    const reply = await post(`${url()}?key=s3cret`, { ...body(secret, "gpt-4o"), stream }, headers);
    expect(reply.status).toBe(200);
    const [line, ...more] = await requests();
    expect(more).toEqual([]);
    expect(line).toEqual({
      level: 30,
      time: expect.any(Number),
      reqId: reply.headers["x-request-id"],
      msg: `POST ${path}`,
      event: "request",
      ...head,
      model: "DeepSeek-V3.2",
      upstream: "akash-chat",
      stream,
      status: 200,
      finish: "stop",
      inputTokens: 10,
      outputTokens: 3,
      estimated: false,
      repairs: 0,
      retries: 0,
      firstTokenMs: expect.any(Number),
      ms: expect.any(Number),
    });
    expect(stack.lines.join("")).not.toMatch(/private|two|s3cret/);
  });

  test("a mistake of the client's, without a stack", async () => {
    await post(url(), withSampling(dialect, body("x", "gpt-4o"), { temperature: "hot" }), headers);
    const [line] = await requests();
    expect(line).toMatchObject({ level: 40, ...head, stream: false, status: 400, error: "invalid-request" });
    expect(line.err).toMatchObject({
      kind: "invalid-request",
      param: expect.stringMatching(/(?:^|^options\.)temperature$/),
    });
    expect(JSON.stringify(line)).not.toContain("stack");
    expect(line).not.toHaveProperty("upstream");
  });

  test("a failure of the upstream's, with its kind and cause, without a stack", async () => {
    stack.simulator.enqueue({ error: { kind: "refuse" } });
    stack.simulator.enqueue({ error: { kind: "refuse" } });
    await post(url(), body("x", "gpt-4o"), headers);
    const [line] = await requests();
    expect(line).toMatchObject({ level: 50, ...head, upstream: "akash-chat", status: 502, retries: 1 });
    expect(line).toMatchObject({ model: "DeepSeek-V3.2", error: "upstream-unavailable" });
    expect(line.err.cause.message).toEqual(expect.any(String));
    expect(JSON.stringify(line)).not.toContain("stack");
    // Nothing came, so nothing was spent.
    expect(line).not.toHaveProperty("inputTokens");
    const [retry] = await stack.logged({ event: "retry" });
    expect(retry).toMatchObject({ reqId: line.reqId, failure: "unanswered", retries: 1 });
  });

  test("a stream that broke off, with what it has cost", async () => {
    stack.simulator.enqueue({ text: ["one ", "two ", "three"], error: { kind: "cut", afterDeltas: 2 } });
    await post(url(), { ...body("x", "gpt-4o"), stream: true }, headers);
    const [line] = await requests();
    expect(line).toMatchObject({ level: 50, status: 200, error: "upstream-truncated", estimated: true });
    expect([line.inputTokens > 0, line.outputTokens > 0, line.firstTokenMs >= 0]).toEqual([true, true, true]);
  });

  test("a stream that its client left, with what it has cost", async () => {
    stack.simulator.enqueue({ text: ["one two ", "three"], gate: never, gateAfter: 1 });
    const reply = await openStream(url(), { ...body("x", "gpt-4o"), stream: true }, headers);
    await reply.readUntil("one");
    reply.leave();
    const [line] = await requests();
    expect(line).toMatchObject({ level: 30, ...head, status: 200, clientLeft: true, error: "aborted" });
    expect(line).toMatchObject({ upstream: "akash-chat", estimated: true, firstTokenMs: expect.any(Number) });
    expect([line.inputTokens > 0, line.outputTokens > 0]).toEqual([true, true]);
    expect(line).not.toHaveProperty("err");
  });

  test("a client that left before the answer began", async () => {
    stack.simulator.enqueue({ text: "never", gate: never });
    const asked = openRequest(url(), body("x", "gpt-4o"), headers);
    await stack.simulator.waitForRequest("/api/chat");
    asked.leave();
    const [line] = await requests();
    expect(line).toMatchObject({ level: 30, ...head, status: 499, clientLeft: true, outputTokens: 0 });
  });

  test("a client that left while a whole answer was gathered", async () => {
    stack.simulator.enqueue({ text: ["one two ", "three"], gate: never, gateAfter: 1 });
    const asked = openRequest(url(), body("x", "gpt-4o"), headers);
    await stack.simulator.waitForRequest("/api/chat");
    asked.leave();
    const [line] = await requests();
    expect(line).toMatchObject({ level: 30, ...head, status: 499, clientLeft: true, error: "aborted" });
  });

  test("a request that the gateway's stop has ended", async () => {
    stack.simulator.enqueue({ text: "never", gate: never });
    const asked = post(url(), body("x", "gpt-4o"), headers);
    await stack.simulator.waitForRequest("/api/chat");
    await stack.gateway.close();
    await asked;
    const [line] = await requests();
    expect(line).toMatchObject({ level: 50, status: name === "messages" ? 529 : 503, error: "overloaded" });
    const [stopping] = await stack.logged({ event: "stopping" });
    expect(stopping).toMatchObject({ running: 1, msg: "stopping: waiting for 1 request, 0 s at most" });
    expect(stopping.requests).toMatchObject([
      { reqId: line.reqId, request: `POST ${path}`, waitsFor: "upstream-first-byte" },
    ]);
    expect((await stack.logged({ event: "stopped" })).length).toBe(1);
  });
});

const chat = "/v1/chat/completions";
const messages = [{ role: "user", content: "x" }];
const tools = [{ type: "function", function: { name: "get_weather", parameters: { type: "object" } } }];

test("a repair has a line with the id of the request, and is counted in that of the request", async () => {
  stack.simulator.enqueue({ text: '<tool_call>\n{"name": "nope", "arguments": {}}\n</tool_call>' });
  stack.simulator.enqueue({ text: '<tool_call>\n{"name": "get_weather", "arguments": {}}\n</tool_call>' });
  await post(stack.url + chat, { model: "DeepSeek-V3.2", messages, tools });
  const [line] = await requests();
  expect(line).toMatchObject({ repairs: 1, finish: "tool-calls" });
  const [repair, ...more] = await stack.logged({ event: "repair" });
  expect(repair).toMatchObject({ level: 30, reqId: line.reqId, reason: "invalid-tool-call", repairs: 1 });
  expect(more).toEqual([]);
});

test("pictures are counted, by both ways to have them drawn", async () => {
  for (let i = 0; i < 3; i += 1) stack.simulator.enqueue({ image: { prompt: "a", statuses: ["succeeded"] } });
  await post(`${stack.url}/v1/images/generations`, { prompt: secret, n: 2 });
  await post(stack.url + chat, { model: "AkashGen", messages: [{ role: "user", content: secret }] });
  const [images, drawn] = await requests(2);
  const common = { level: 30, model: "AkashGen", upstream: "akash-chat", stream: false, status: 200 };
  expect(images).toMatchObject({ ...common, dialect: "openai-images", pictures: 2 });
  expect(drawn).toMatchObject({ ...common, dialect: "openai-chat", pictures: 1, estimated: true });
  expect(stack.lines.join("")).not.toMatch(/private|sig=/);
});

test("a picture that failed is logged with the words of its failure", async () => {
  stack.simulator.enqueue({ image: { prompt: "a", statuses: ["failed"] } });
  await post(`${stack.url}/v1/images/generations`, { prompt: "a cat" });
  expect((await requests())[0]).toMatchObject({ level: 50, status: 502, error: "upstream-unavailable" });
});

test("a count is told as tokens", async () => {
  const counted = await post(`${stack.url}/v1/messages/count_tokens`, { model: "gpt-4o", messages });
  const { input_tokens: inputTokens } = counted.json() as { input_tokens: number };
  expect((await requests())[0]).toMatchObject({
    status: 200,
    dialect: "anthropic-messages",
    inputTokens,
    estimated: true,
  });
});

test("a Responses body on the route of Chat Completions is told as what it is", async () => {
  await post(stack.url + chat, { model: "DeepSeek-V3.2", input: "x" });
  expect((await requests())[0]).toMatchObject({ route: chat, dialect: "openai-responses" });
});

test("what asks by itself is at debug, and what a request begins with", async () => {
  for (const path of ["/health", "/favicon.ico", "/robots.txt"]) await get(stack.url + path);
  await fetch(stack.url, { method: "HEAD" });
  await fetch(stack.url + chat, {
    method: "OPTIONS",
    headers: { origin: "http://a.example", "access-control-request-method": "POST" },
  });
  await get(`${stack.url}/v1/models`);
  const lines = await requests(6);
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    [20, "GET /health"],
    [20, "GET /favicon.ico"],
    [20, "GET /robots.txt"],
    [20, "HEAD /"],
    [20, "OPTIONS *"],
    [30, "GET /v1/models"],
  ]);
  const begun = await stack.logged({ event: "open" }, 6);
  expect(begun.map(({ reqId }) => reqId)).toEqual(lines.map(({ reqId }) => reqId));
  expect(begun[0]).toMatchObject({ level: 20, msg: "GET /health begins", clientAddress: "127.0.0.1" });
});

test("an agent's name and a model's are cut, and X-Forwarded-For of anybody is not believed", async () => {
  const headers = { "user-agent": "a".repeat(500), "x-forwarded-for": "203.0.113.7" };
  await post(stack.url + chat, { model: "m".repeat(5000), messages }, headers);
  const [line] = await requests();
  expect([line.userAgent.length, line.requestedModel.length]).toEqual([101, 201]);
  expect(line.clientAddress).toBe("127.0.0.1");
});

test("a trusted proxy is believed, hop by hop", async () => {
  await using behind = await startLogged({ env: { TRUSTED_PROXIES: "loopback,10.0.0.0/8" } });
  for (const chain of ["203.0.113.7", "198.51.100.1, 203.0.113.7, 10.1.2.3"]) {
    await get(`${behind.url}/v1/models`, { "x-forwarded-for": chain });
  }
  const lines = await behind.logged({ event: "request" }, 2);
  expect(lines.map(({ clientAddress }) => clientAddress)).toEqual(["203.0.113.7", "203.0.113.7"]);
});

test("a URL that can't be read has its line, too, and what is no HTTP one at debug", async () => {
  const reply = await get(`${stack.url}/%zz?key=s3cret`);
  const [line] = await requests();
  expect(line).toMatchObject({
    level: 40,
    reqId: reply.headers["x-request-id"],
    status: 400,
    error: "invalid-request",
  });
  const socket = connect(Number(new URL(stack.url).port), "127.0.0.1");
  socket.write(Buffer.from([0x16, 0x03, 0x01]));
  expect((await stack.logged({ event: "broken" }))[0]).toMatchObject({
    level: 20,
    failure: "HPE_INVALID_METHOD",
  });
  expect(stack.lines.join("")).not.toContain("s3cret");
});

test("a connection that is reset at once is no failure of the log", async () => {
  const socket = connect(Number(new URL(stack.url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(`POST ${chat} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`);
  await stack.logged({ event: "open" });
  socket.resetAndDestroy();
  expect((await requests())[0]).toMatchObject({ level: 30, status: 499, clientLeft: true });
});

test("a background response is logged twice with the id of its request: when it begins and when it ends", async () => {
  stack.simulator.enqueue({ text: "one two", usage: { promptTokens: 10, completionTokens: 3 } });
  const asked = await post(`${stack.url}/v1/responses`, { model: "gpt-4o", input: secret, background: true });
  const { id } = asked.json() as { id: string };
  const reqId = asked.headers["x-request-id"];
  const [line] = await stack.logged({ event: "background" });
  expect(line).toMatchObject({
    level: 30,
    reqId,
    dialect: "openai-responses",
    requestedModel: "gpt-4o",
    model: "DeepSeek-V3.2",
    upstream: "akash-chat",
    clientAddress: "127.0.0.1",
    response: id,
    outcome: "completed",
    finish: "stop",
    inputTokens: 10,
    outputTokens: 3,
    repairs: 0,
    retries: 0,
    firstTokenMs: expect.any(Number),
    ms: expect.any(Number),
    msg: "background response completed",
  });
  expect(line).not.toHaveProperty("status");
  expect((await requests())[0]).toMatchObject({ reqId, status: 200, response: id });
  expect(stack.lines.join("")).not.toMatch(/private|two/);
});
