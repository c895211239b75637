/** Spans, as a collector gets them, and the trace context that comes in and goes out. docs/metrics.md describes both. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createTimers } from "../support/create-timers.ts";
import { createGate } from "../support/gate.ts";
import { openStream } from "../support/open-stream.ts";
import { get, post } from "../support/post.ts";
import { startCompatibleStack } from "../support/start-compatible-stack.ts";
import { startLogged } from "../support/start-logged.ts";
import { startMerged } from "../support/start-merged.ts";
import { startCollector, type ArrivedSpan, type Collector } from "./start-collector.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const parentId = "b7ad6b7169203331";
const traced = { traceparent: `00-${traceId}-${parentId}-01`, tracestate: "vendor=opaque" };
const [server, client, internal] = [2, 3, 1];
const prompt = "my private words";
const chat = (fields: object = {}) => ({
  model: "DeepSeek-V3.2",
  messages: [{ role: "user", content: prompt }],
  ...fields,
});

let collector: Collector;
let env: Readonly<Record<string, string>>;
beforeEach(async () => {
  collector = await startCollector();
  env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
});
afterEach(() => collector.close());

const ofKind = (kind: number | undefined): readonly ArrivedSpan[] =>
  collector.spans().filter((span) => span.kind === kind);

describe("a request", () => {
  test.each([true, false])(
    "to a server of the operator's own is one trace from end to end; streamed: %s",
    async (stream) => {
      const model = "Qwen/Qwen3-32B";
      const stack = await startCompatibleStack({ persona: "vllm", models: [{ id: model }] }, { env });
      stack.server.enqueue({
        kind: "answer",
        text: ["one ", "two"],
        usage: { promptTokens: 10, completionTokens: 3 },
      });
      const reply = await post(`${stack.url}/v1/chat/completions`, chat({ model, stream }), traced);
      expect(reply.status).toBe(200);
      const asked = stack.server.requests.find(({ path }) => path.endsWith("/chat/completions"));
      await stack.close();
      const [outer, ...otherServers] = ofKind(server);
      const [inner, ...otherClients] = ofKind(client);
      expect([...otherServers, ...otherClients]).toEqual([]);
      expect(outer).toMatchObject({
        name: "POST /v1/chat/completions",
        traceId,
        parentSpanId: parentId,
        traceState: "vendor=opaque",
        status: 0,
        attributes: {
          "http.request.method": "POST",
          "http.route": "/v1/chat/completions",
          "http.response.status_code": 200,
          "akashchat.request.id": reply.headers["x-request-id"],
          "akashchat.dialect": "openai-chat",
          "akashchat.model": model,
          "akashchat.stream": stream,
          "akashchat.time_to_first_token": expect.any(Number),
        },
        resource: { "service.name": "akashchat-api", "service.version": expect.any(String) },
      });
      expect(inner).toMatchObject({
        name: `chat ${model}`,
        traceId,
        parentSpanId: outer?.spanId,
        status: 0,
        attributes: {
          "gen_ai.operation.name": "chat",
          "gen_ai.provider.name": "mine",
          "gen_ai.request.model": model,
          "gen_ai.response.finish_reasons": ["stop"],
          "gen_ai.usage.input_tokens": 10,
          "gen_ai.usage.output_tokens": 3,
          "server.address": "127.0.0.1",
          "server.port": Number(new URL(stack.server.baseUrl).port),
        },
      });
      expect(
        outer !== undefined && inner !== undefined && outer.start <= inner.start && inner.end <= outer.end,
      ).toBe(true);
      // What the server was told is the try's own span.
      expect(asked?.headers["traceparent"]).toBe(`00-${traceId}-${inner?.spanId}-01`);
      expect(asked?.headers["tracestate"]).toBe("vendor=opaque");
    },
  );

  test("that brings no trace begins one, and the public web chat hears nothing of it", async () => {
    const stack = await startLogged({ env });
    await post(`${stack.url}/v1/messages`, chat({ max_tokens: 50 }));
    const asked = stack.simulator.requests;
    await stack.close();
    const [outer] = ofKind(server);
    expect(outer).toMatchObject({ name: "POST /v1/messages", parentSpanId: undefined });
    expect(outer?.traceId).toMatch(/^[\da-f]{32}$/);
    expect(ofKind(client)).toMatchObject([{ parentSpanId: outer?.spanId, traceId: outer?.traceId }]);
    expect(asked.filter(({ headers }) => "traceparent" in headers || "tracestate" in headers)).toEqual([]);
    expect(asked.length).toBeGreaterThan(0);
  });

  test("of a trace that its client does not keep is not sent, but the trace goes on", async () => {
    const stack = await startCompatibleStack({ persona: "vllm", models: [{ id: "m" }] }, { env });
    await post(`${stack.url}/v1/chat/completions`, chat({ model: "m" }), {
      traceparent: `00-${traceId}-${parentId}-00`,
    });
    const asked = stack.server.requests.find(({ path }) => path.endsWith("/chat/completions"));
    await stack.close();
    expect(collector.spans()).toEqual([]);
    expect(asked?.headers["traceparent"]).toMatch(new RegExp(`^00-${traceId}-[\\da-f]{16}-00$`));
  });

  test("that a second upstream answers has a span for each try", async () => {
    const stack = await startMerged({ env, models: [{ id: "DeepSeek-V3.2" }] });
    stack.simulator.enqueue({ error: { kind: "usage", resetAt: stack.clock.now / 1000 + 7200 } });
    await post(`${stack.url}/v1/chat/completions`, chat());
    await stack.close();
    const tries = ofKind(client).map(({ status, attributes }) => [
      attributes["gen_ai.provider.name"],
      status,
      attributes["error.type"],
      attributes["gen_ai.usage.output_tokens"] !== undefined,
    ]);
    expect(tries).toEqual([
      ["web", 2, "budget-exhausted", false],
      ["paid", 0, undefined, true],
    ]);
    expect(ofKind(server)).toMatchObject([{ status: 0, attributes: { "http.response.status_code": 200 } }]);
  });

  test("that fails says of what kind", async () => {
    const stack = await startLogged({ env });
    for (const kind of ["refuse", "refuse"] as const) stack.simulator.enqueue({ error: { kind } });
    await post(`${stack.url}/v1/chat/completions`, chat());
    await post(`${stack.url}/v1/chat/completions`, chat({ messages: "none" }));
    await stack.close();
    const failed = { "error.type": "upstream-unavailable" };
    expect(ofKind(client)).toMatchObject([{ status: 2, attributes: failed }]);
    expect(ofKind(server)).toMatchObject([
      {
        status: 2,
        attributes: { ...failed, "http.response.status_code": 502, "akashchat.retries": ["unanswered"] },
      },
      // A mistake of the client's is none of the server's.
      { status: 0, attributes: { "error.type": "invalid-request", "http.response.status_code": 400 } },
    ]);
  });

  test("whose client left is aborted, which is nobody's fault, and has cost something", async () => {
    const gate = createGate();
    const stack = await startLogged({ env });
    stack.simulator.enqueue({ text: ["one two ", "three"], gate: gate.promise, gateAfter: 1 });
    const stream = await openStream(`${stack.url}/v1/chat/completions`, chat({ stream: true }));
    await stream.readUntil("one");
    stream.leave();
    await stack.logged({ event: "request" });
    gate.open();
    await stack.close();
    expect(ofKind(server)).toMatchObject([{ status: 0, attributes: { "error.type": "aborted" } }]);
    const [attempt] = ofKind(client);
    expect(attempt).toMatchObject({
      status: 0,
      attributes: { "error.type": "aborted", "akashchat.usage.estimated": true },
    });
    expect(attempt?.attributes["gen_ai.usage.output_tokens"]).toBeGreaterThan(0);
  });

  test("of several answers has a span for each", async () => {
    const stack = await startLogged({ env });
    await post(`${stack.url}/v1/chat/completions`, chat({ n: 2 }));
    await stack.close();
    expect(ofKind(client).length).toBe(2);
  });

  test("that is no API's has none", async () => {
    const stack = await startLogged({ env });
    await get(`${stack.url}/health`, traced);
    await get(`${stack.url}/nothing/here`, traced);
    await stack.close();
    expect(collector.spans()).toEqual([]);
  });
});

test("a background response has its own span below the request that began it", async () => {
  const stack = await startLogged({ env });
  const input = { model: "DeepSeek-V3.2", input: prompt, background: true };
  const { id } = (await post(`${stack.url}/v1/responses`, input, traced)).json();
  await stack.logged({ event: "background" });
  await stack.logged({ event: "request" });
  await stack.close();
  const [outer] = ofKind(server);
  const [run] = ofKind(internal);
  expect(outer).toMatchObject({ traceId, attributes: { "akashchat.response.id": id } });
  expect(run).toMatchObject({
    name: "background response",
    traceId,
    parentSpanId: outer?.spanId,
    attributes: {
      "akashchat.outcome": "completed",
      "akashchat.response.id": id,
      "akashchat.model": "DeepSeek-V3.2",
    },
  });
  expect(run?.attributes).not.toHaveProperty("http.route");
  expect(ofKind(client)).toMatchObject([{ traceId, parentSpanId: run?.spanId }]);
});

test("nothing of prompts, answers, keys and clients is in them", async () => {
  const stack = await startLogged({ env: { ...env, BEARER_TOKEN: "s3cret" } });
  stack.simulator.enqueue({ text: "a private answer" });
  const headers = { authorization: "Bearer s3cret", "user-agent": "somebody's agent", ...traced };
  await post(`${stack.url}/v1/chat/completions?key=s3cret`, chat({ user: "somebody" }), headers);
  await post(`${stack.url}/v1/chat/completions`, chat({ model: "x", temperature: prompt }), headers);
  await stack.close();
  expect(collector.spans().length).toBe(3);
  expect(collector.bodies.join("")).not.toMatch(/private|s3cret|somebody/);
});

test("a collector that takes nothing is told of", async () => {
  await using refusing = await startCollector(400);
  const stack = await startLogged({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: refusing.url } });
  await post(`${stack.url}/v1/chat/completions`, chat());
  await stack.close();
  const lines = await stack.logged({ event: "traces" });
  expect(lines).toMatchObject([{ level: 40, msg: "traces can't be sent and are lost" }]);
});

test("a collector that is silent keeps nobody from stopping", async () => {
  await using silent = await startCollector("silent");
  const timers = createTimers();
  const stack = await startLogged({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: silent.url },
    overrides: { startTimer: timers.start },
  });
  await post(`${stack.url}/v1/chat/completions`, chat());
  await stack.logged({ event: "request" });
  const closed = stack.gateway.close();
  await silent.asked;
  expect(timers.running).toEqual([3000]);
  timers.expireAll();
  await closed;
  const lines = await stack.logged({ event: "traces" });
  expect(lines).toMatchObject([{ level: 40, msg: "the last traces could not be sent in time and are lost" }]);
  await stack.simulator.close();
});
