import { describe, expect, test } from "vitest";

import { createGate } from "../support/gate.ts";
import { openStream } from "../support/open-stream.ts";
import { get, post } from "../support/post.ts";
import { hello, startTeam, type Team } from "../support/start-team.ts";

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather at a place",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const asked = { ...hello, tools: [weather] };
const operator = { authorization: "Bearer sesame", "x-trace": "on" };

async function traceOf(team: Team, id: string) {
  const reply = await team.admin("GET", `/traces/${id}`);
  expect(reply.status).toBe(200);
  return reply.json();
}

function start(): Promise<Team> {
  return startTeam({ env: { BEARER_TOKEN: "sesame" } });
}

test("a call that was written as text: the prompt as sent, the raw text with its parts, and the answer", async () => {
  await using team = await start();
  const raw =
    'Let me see.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Berlin"}}\n</tool_call>';
  team.simulator.enqueue({ text: raw });
  const reply = await post(`${team.url}/v1/chat/completions`, { ...asked, stream: true }, operator);
  const id = String(reply.headers["x-trace"]);
  expect(await traceOf(team, String(reply.headers["x-request-id"]))).toMatchObject({ id });
  const trace = await traceOf(team, id);
  expect(trace).toMatchObject({
    object: "trace",
    id,
    dialect: "openai-chat",
    requested_model: hello.model,
    verdict: { code: "tool-called", text: expect.stringContaining("get_weather as text") },
    request: { method: "POST", tools: ["get_weather"] },
    answer: { status: 200, error: null, finish: "tool-calls" },
  });
  expect(trace.request.headers.authorization).toBe("[redacted]");
  expect(JSON.stringify(trace)).not.toContain("sesame");
  // What went to the upstream has the tools in its prompt.
  const chat = trace.exchanges.find(({ path }: { path: string }) => path.startsWith("/api/chat"));
  expect(chat.body.text).toContain("get_weather");
  const [turn] = trace.turns;
  expect(turn.raw.map(({ text }: { text: string }) => text).join("")).toBe(raw);
  const shown = turn.parts.map(({ segment, from, to, as, block }: Record<string, number>) => [
    as,
    turn.raw[segment ?? 0].text.slice(from, to),
    turn.blocks[block ?? -1]?.kind,
  ]);
  expect(shown).toEqual([
    ["text", "Let me see.", "text"],
    ["tool_call", raw.slice(raw.indexOf("<tool_call>")), "tool_call"],
  ]);
  expect(trace.answer.body.text).toBe(reply.text);
});

test("a call that did not do is asked for again, and the trace says why", async () => {
  await using team = await start();
  team.simulator.enqueue({
    text: '<tool_call>{"name": "get_weather", "arguments": {"town": 5}}</tool_call>',
  });
  team.simulator.enqueue({
    text: '<tool_call>{"name": "get_weather", "arguments": {"city": "Rome"}}</tool_call>',
  });
  const reply = await post(`${team.url}/v1/chat/completions`, asked, operator);
  const { turns, verdict } = await traceOf(team, String(reply.headers["x-trace"]));
  expect(turns).toMatchObject([
    { outcome: "asked_again", reason: "invalid-tool-call", told: expect.stringContaining("city") },
    { outcome: "kept", blocks: [{ kind: "tool_call", name: "get_weather" }] },
  ]);
  expect(verdict.text).toContain("asked again once (invalid-tool-call)");
});

test.each([
  ["The weather is fine.", "tool-not-called"],
  ["<function_call>get_weather(city Berlin", "call-unreadable"],
])("why a tool was not called: %j", async (text, code) => {
  await using team = await start();
  for (let turn = 0; turn < 2; turn += 1) team.simulator.enqueue({ text });
  const reply = await post(`${team.url}/v1/messages`, { ...hello, tools: toAnthropic() }, operator);
  const { verdict } = await traceOf(team, String(reply.headers["x-trace"]));
  expect(verdict.code).toBe(code);
});

function toAnthropic() {
  const { name, description, parameters } = weather.function;
  return [{ name, description, input_schema: parameters }];
}

describe("who gets a trace", () => {
  test("each request of a key that has one for all", async () => {
    await using team = await start();
    const { id, key } = await team.createKey({ trace: true });
    const reply = await team.chat(key);
    const trace = await traceOf(team, String(reply.headers["x-trace"]));
    expect(trace).toMatchObject({ key: id, verdict: { code: "answered" } });
    expect(JSON.stringify(trace)).not.toContain(key);
    expect((await team.admin("GET", "/traces")).json().data).toMatchObject([{ id: trace.id, key: id }]);
  });

  test("no other key, for which the header is named as ignored", async () => {
    await using team = await start();
    const { key } = await team.createKey();
    const headers = { authorization: `Bearer ${key}`, "x-trace": "on" };
    const reply = await post(`${team.url}/v1/chat/completions`, hello, headers);
    expect(reply.headers["x-trace"]).toBeUndefined();
    expect(reply.headers["x-ignored-parameters"]).toBe("x-trace");
    expect((await team.admin("GET", "/traces")).json().data).toEqual([]);
  });

  test("the operator, by either token, when asked for", async () => {
    await using team = await start();
    for (const token of ["sesame", "admin-of-this-test"]) {
      const headers = { authorization: `Bearer ${token}` };
      const url = `${team.url}/v1/chat/completions`;
      expect((await post(url, hello, headers)).headers["x-trace"]).toBeUndefined();
      expect((await post(url, hello, { ...headers, "x-trace": "on" })).headers["x-trace"]).toBeDefined();
    }
  });

  test("nobody reads one without ADMIN_TOKEN", async () => {
    await using team = await start();
    const reply = await post(`${team.url}/v1/chat/completions`, hello, operator);
    const url = `${team.url}/admin/v1/traces/${String(reply.headers["x-trace"])}`;
    expect((await get(url, { authorization: "Bearer sesame" })).status).toBe(401);
  });
});

test("a request that was refused, one that failed, and one whose client left", async () => {
  await using team = await start();
  const { key } = await team.createKey({ trace: true, models: ["none"] });
  const refused = await team.chat(key);
  expect((await traceOf(team, String(refused.headers["x-trace"]))).verdict).toMatchObject({
    code: "refused",
    text: expect.stringMatching(
      /^Refused before any upstream was asked \(forbidden: .*may not use the model.*[^.]\)\.$/,
    ),
  });
  team.simulator.enqueue({ error: { kind: "http", status: 500, body: "broken" } });
  const failed = await post(`${team.url}/v1/chat/completions`, hello, operator);
  const trace = await traceOf(team, String(failed.headers["x-trace"]));
  expect(trace.verdict).toMatchObject({
    code: "failed",
    text: expect.stringMatching(/^No upstream answered: .* Last: .*[^.]\.$/),
  });
  expect(trace.answer).toMatchObject({ status: failed.status });
});

test("the id of a request, which clients choose, hides no trace of another request", async () => {
  await using team = await start();
  const headers = { ...operator, "x-request-id": "mine" };
  const first = await post(`${team.url}/v1/chat/completions`, hello, headers);
  const { key } = await team.createKey({ trace: true });
  await post(`${team.url}/v1/chat/completions`, hello, {
    authorization: `Bearer ${key}`,
    "x-request-id": "mine",
  });
  expect((await traceOf(team, String(first.headers["x-trace"]))).key).toBeNull();
});

test("a background response has a trace of its own, by its id", async () => {
  await using team = await start();
  const body = { model: hello.model, input: "Hello", background: true };
  const { id } = (await post(`${team.url}/v1/responses`, body, operator)).json();
  await expect
    .poll(async () => (await get(`${team.url}/v1/responses/${id}`, operator)).json().status)
    .toBe("completed");
  await expect.poll(async () => (await team.admin("GET", `/traces/${id}`)).status).toBe(200);
  expect((await traceOf(team, id)).turns).toMatchObject([{ outcome: "kept" }]);
});

test.each([
  ["limit=0", "'limit' is not valid: it must be a whole number from 1 to 1000."],
  ["limit=x", "'limit' is not valid: it must be a whole number from 1 to 1000."],
  ["key=key_1", "There is no parameter 'key'. Known are limit."],
])("the list of traces refuses %s, and says why", async (query, message) => {
  await using team = await start();
  const reply = await team.admin("GET", `/traces?${query}`);
  expect([reply.status, reply.json().error.message]).toEqual([400, message]);
});

test("says when what the model wrote came, and when each block was there to be sent", async () => {
  await using team = await start();
  const gate = createGate();
  async function* words() {
    yield "Let me see. ";
    await gate.promise;
    yield "It rains.";
  }
  team.simulator.enqueue({ text: words() });
  const body = { ...hello, stream: true };
  const stream = await openStream(`${team.url}/v1/chat/completions`, body, operator);
  await stream.readUntil("Let me see.");
  gate.open();
  await stream.readRest();
  const [{ id }] = (await team.admin("GET", "/traces")).json().data;
  const [turn] = (await traceOf(team, id)).turns;
  const { arrived, text } = turn.raw[0];
  const [[first, firstMs], [last, lastMs]] = [arrived[0], arrived.at(-1)];
  expect([first, last]).toEqual(["Let me see. ".length, text.length]);
  expect(firstMs).toBe(turn.first_ms);
  expect(lastMs).toBeLessThanOrEqual(turn.ended_ms);
  const [block] = turn.blocks;
  expect(block.from_ms).toBeGreaterThanOrEqual(turn.first_ms);
  expect(block.to_ms).toBeGreaterThanOrEqual(block.from_ms);
});

test("says what was reserved of a key's limits for its answers, and what was settled", async () => {
  await using team = await start();
  const wish = { name: "ci", trace: true, budget: { tokens: 50_000, period: "day" } };
  const { key } = (await team.admin("POST", "/keys", wish)).json();
  team.simulator.enqueue({ text: "Hello.", usage: { promptTokens: 321, completionTokens: 45 } });
  const reply = await post(
    `${team.url}/v1/chat/completions`,
    { ...hello, max_tokens: 700 },
    { authorization: `Bearer ${key}` },
  );
  const { settlement } = await traceOf(team, String(reply.headers["x-request-id"]));
  expect(settlement).toEqual({
    reserved_input_tokens: expect.any(Number),
    reserved_output_tokens: 700,
    settled_tokens: 366,
  });
  expect(settlement.reserved_input_tokens).toBeGreaterThan(0);

  // Who is bound by no such limit has nothing counted for that.
  const free = await post(`${team.url}/v1/chat/completions`, hello, operator);
  expect((await traceOf(team, String(free.headers["x-request-id"]))).settlement).toBeNull();
});
