/** What is counted and measured, as whoever scrapes it sees it. docs/metrics.md describes the metrics. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createGate } from "../support/gate.ts";
import { openStream } from "../support/open-stream.ts";
import { get, post } from "../support/post.ts";
import { startLogged, type LoggedStack } from "../support/start-logged.ts";
import { pick, readMetrics, type Samples } from "./read-metrics.ts";

const token = "metrics-t0ken";
const prompt = "my private words";
const chat = (fields: object = {}) => ({
  model: "DeepSeek-V3.2",
  messages: [{ role: "user", content: prompt }],
  ...fields,
});

/** A first look at the page is itself a request of no API. */
const scraped = { 'akashchat_requests_total{dialect="none",error="none",model="none",status="200"}': 1 };

let stack: LoggedStack;
beforeEach(async () => {
  stack = await startLogged({ env: { METRICS_TOKEN: token, BEARER_TOKEN: "s3cret" } });
});
afterEach(() => stack.close());

const send = (path: string, body: unknown) =>
  post(stack.url + path, body, { authorization: "Bearer s3cret", "user-agent": "somebody's agent" });

async function scrape(): Promise<{ text: string; samples: Samples }> {
  const { status, text } = await get(`${stack.url}/metrics`, { authorization: `Bearer ${token}` });
  expect(status).toBe(200);
  return { text, samples: readMetrics(text) };
}

/** The samples once so many requests to a model are over: what is logged is counted in the same turn. */
async function after(count: number): Promise<Samples> {
  await stack.logged({ event: "request", method: "POST" }, count);
  return (await scrape()).samples;
}

describe("requests", () => {
  test.each([true, false])("an answer; streamed: %s", async (stream) => {
    stack.simulator.enqueue({ text: ["one ", "two"], usage: { promptTokens: 10, completionTokens: 3 } });
    await send("/v1/messages", chat({ stream, max_tokens: 50 }));
    const samples = await after(1);
    const labels = `dialect="anthropic-messages"`;
    expect(pick(samples, "akashchat_requests_total", "akashchat_tokens", "akashchat_upstream_att")).toEqual({
      [`akashchat_requests_total{${labels},error="none",model="DeepSeek-V3.2",status="200"}`]: 1,
      'akashchat_tokens_total{estimated="false",model="DeepSeek-V3.2",type="input",upstream="akash-chat"}': 10,
      'akashchat_tokens_total{estimated="false",model="DeepSeek-V3.2",type="output",upstream="akash-chat"}': 3,
      'akashchat_upstream_attempts_total{outcome="answered",upstream="akash-chat"}': 1,
      'akashchat_upstream_attempt_duration_seconds_count{upstream="akash-chat"}': 1,
      'akashchat_upstream_attempt_duration_seconds_sum{upstream="akash-chat"}': expect.any(Number),
    });
    const times = `{${labels},model="DeepSeek-V3.2"}`;
    expect(samples.get(`akashchat_request_duration_seconds_count${times}`)).toBe(1);
    expect(samples.get(`akashchat_time_to_first_token_seconds_count${times}`)).toBe(1);
    expect(samples.get(`akashchat_request_duration_seconds_sum${times}`)).toBeGreaterThan(0);
  });

  test("a failure of the upstream, and what was tried again", async () => {
    for (const kind of ["refuse", "refuse"] as const) stack.simulator.enqueue({ error: { kind } });
    await send("/v1/chat/completions", chat());
    const samples = await after(1);
    expect(
      pick(samples, "akashchat_requests_total", "akashchat_retries", "akashchat_upstream_attempts"),
    ).toEqual({
      'akashchat_requests_total{dialect="openai-chat",error="upstream-unavailable",model="DeepSeek-V3.2",status="502"}': 1,
      'akashchat_retries_total{reason="unanswered",upstream="akash-chat"}': 1,
      'akashchat_upstream_attempts_total{outcome="upstream-unavailable",upstream="akash-chat"}': 1,
    });
  });

  test("one that was refused before anybody was asked", async () => {
    await send("/v1/chat/completions", chat({ messages: "none" }));
    await post(`${stack.url}/v1/chat/completions`, chat());
    const samples = await after(2);
    expect(pick(samples, "akashchat_")).toMatchObject({
      'akashchat_requests_total{dialect="openai-chat",error="invalid-request",model="none",status="400"}': 1,
      'akashchat_requests_total{dialect="openai-chat",error="unauthenticated",model="none",status="401"}': 1,
    });
    expect(pick(samples, "akashchat_request_duration", "akashchat_tokens")).toEqual({});
  });

  test("a client that left, whose answer is counted by us", async () => {
    const gate = createGate();
    stack.simulator.enqueue({ text: ["one two ", "three"], gate: gate.promise, gateAfter: 1 });
    const stream = await openStream(`${stack.url}/v1/chat/completions`, chat({ stream: true }), {
      authorization: "Bearer s3cret",
    });
    await stream.readUntil("one");
    const open = (await scrape()).samples;
    expect(pick(open, "akashchat_streams_open", "akashchat_requests_open")).toMatchObject({
      akashchat_streams_open: 1,
      'akashchat_requests_open{waits_for="upstream-next-byte"}': 1,
    });
    stream.leave();
    const samples = await after(1);
    gate.open();
    expect(pick(samples, "akashchat_requests_total", "akashchat_streams_open")).toEqual({
      ...scraped,
      'akashchat_requests_total{dialect="openai-chat",error="aborted",model="DeepSeek-V3.2",status="200"}': 1,
    });
    const spent =
      'akashchat_tokens_total{estimated="true",model="DeepSeek-V3.2",type="output",upstream="akash-chat"}';
    expect(samples.get(spent)).toBeGreaterThan(0);
  });

  test("a background response, which is counted beside the request that began it", async () => {
    const gate = createGate();
    stack.simulator.enqueue({
      text: ["one ", "two"],
      gate: gate.promise,
      gateAfter: 1,
      usage: { promptTokens: 10, completionTokens: 3 },
    });
    await send("/v1/responses", { model: "DeepSeek-V3.2", input: prompt, background: true });
    const begun = await after(1);
    expect(begun.get("akashchat_background_responses_open")).toBe(1);
    gate.open();
    await stack.logged({ event: "background" });
    const { samples } = await scrape();
    expect(pick(samples, "akashchat_requests_total", "akashchat_background", "akashchat_tokens")).toEqual({
      ...scraped,
      'akashchat_requests_total{dialect="openai-responses",error="none",model="none",status="200"}': 1,
      'akashchat_background_responses_total{error="none",model="DeepSeek-V3.2",outcome="completed"}': 1,
      'akashchat_tokens_total{estimated="false",model="DeepSeek-V3.2",type="input",upstream="akash-chat"}': 10,
      'akashchat_tokens_total{estimated="false",model="DeepSeek-V3.2",type="output",upstream="akash-chat"}': 3,
    });
  });

  test("a repair", async () => {
    stack.simulator.enqueue({ text: '<tool_call>\n{"name": "nope", "arguments": {}}\n</tool_call>' });
    stack.simulator.enqueue({ text: "Nothing to look at." });
    const tools = [{ type: "function", function: { name: "look", parameters: { type: "object" } } }];
    await send("/v1/chat/completions", chat({ tools }));
    const samples = await after(1);
    expect(pick(samples, "akashchat_repairs")).toEqual({
      'akashchat_repairs_total{model="DeepSeek-V3.2",reason="invalid-tool-call"}': 1,
    });
  });

  test("a count of tokens asks nobody, and is no usage", async () => {
    await send("/v1/messages/count_tokens", chat());
    const samples = await after(1);
    expect(pick(samples, "akashchat_tokens", "akashchat_upstream_att")).toEqual({});
  });
});

describe("labels", () => {
  test("no name that a client made up is one, and there are never more than a few", async () => {
    const names = Array.from({ length: 1000 }, (_, number) => `made-up-${number}`);
    // The simulator takes any model, and the upstream is the only one: some reach it.
    await send("/v1/chat/completions", chat());
    for (let at = 0; at < names.length; at += 50)
      await Promise.all(
        names.slice(at, at + 50).map((model) => send("/v1/chat/completions", chat({ model }))),
      );
    await stack.logged({ event: "request", method: "POST" }, 1001);
    const { text, samples } = await scrape();
    expect(text).not.toContain("made-up");
    const requests = pick(samples, "akashchat_requests_total");
    expect(Object.keys(requests).length).toBeLessThan(5);
    expect(Object.values(requests).reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(1001);
  });

  test("nothing of prompts, answers, keys and clients is in them", async () => {
    stack.simulator.enqueue({ text: "a private answer" });
    await send("/v1/chat/completions?key=s3cret", chat({ user: "somebody" }));
    await after(1);
    const { text } = await scrape();
    expect(text).not.toMatch(/private|s3cret|t0ken|somebody|127\.0\.0\.1/);
  });
});

describe("upstreams", () => {
  test("one that is well", async () => {
    await send("/v1/chat/completions", chat());
    const samples = await after(1);
    expect(
      pick(samples, "akashchat_upstream_up", "akashchat_upstream_rest", "akashchat_upstream_models"),
    ).toEqual({
      'akashchat_upstream_up{upstream="akash-chat"}': 1,
    });
  });

  test("one whose budget is used up, until when", async () => {
    const start = Date.parse("2026-11-26T12:00:00Z");
    const now = (): number => start;
    await stack.close();
    const env = { METRICS_TOKEN: token };
    stack = await startLogged({ env, simulator: { now }, overrides: { now } });
    stack.simulator.enqueue({ error: { kind: "usage", resetAt: start / 1000 + 7200 } });
    await send("/v1/chat/completions", chat());
    const samples = await after(1);
    expect(samples.get('akashchat_upstream_up{upstream="akash-chat"}')).toBe(0);
    expect(pick(samples, "akashchat_upstream_allow", "akashchat_upstream_rest")).toEqual({
      'akashchat_upstream_allowance_renewal_timestamp_seconds{upstream="akash-chat"}': start / 1000 + 7200,
      'akashchat_upstream_allowance_tokens{upstream="akash-chat"}': 25_000,
      'akashchat_upstream_allowance_used_ratio{upstream="akash-chat"}': 1,
      'akashchat_upstream_rest_seconds{upstream="akash-chat"}': 7200,
    });
  });

  test("to be scraped asks no upstream, neither for its list nor for its budget", async () => {
    await scrape();
    await scrape();
    expect(stack.simulator.requests).toEqual([]);
  });
});

describe("the page", () => {
  test("wants its own token, and no other", async () => {
    const url = `${stack.url}/metrics`;
    for (const authorization of ["", "Bearer s3cret", `Basic ${token}`]) {
      const reply = await get(url, { authorization });
      expect(reply.status).toBe(401);
      expect(reply.text).toBe("Send this gateway's METRICS_TOKEN as 'Authorization: Bearer <token>'.\n");
    }
    const reply = await get(url, { authorization: `bearer ${token}` });
    expect(reply.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(readMetrics(reply.text).get("nodejs_eventloop_lag_p99_seconds")).toEqual(expect.any(Number));
    // What a program asks for every few seconds is no news.
    const lines = await stack.logged({ event: "request", route: "/metrics" }, 4);
    expect(lines.map(({ level }) => level)).toEqual([20, 20, 20, 20]);
  });
});
