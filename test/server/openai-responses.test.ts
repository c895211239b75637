import OpenAI, { NotFoundError } from "openai";
import { describe, expect, test } from "vitest";
import { GatewayError } from "../../src/errors.ts";
import { createBlockWriter } from "../../src/model/block-writer.ts";
import type { EventBatch } from "../../src/model/events.ts";
import type { ChatRequest } from "../../src/model/request.ts";
import { checkEvents } from "../dialects/openai-responses/check-events.ts";
import { parseFrames } from "../dialects/openai-responses/parse-frames.ts";
import { openStream } from "../support/open-stream.ts";
import { get, post, send } from "../support/post.ts";
import { type Answer, type Edge, startEdge, textAnswer } from "../support/start-edge.ts";

const model = "DeepSeek-V3.2";

function sdk(edge: Edge): OpenAI {
  return new OpenAI({ baseURL: `${edge.url}/v1`, apiKey: "any", maxRetries: 0 });
}

/** An answer with thinking, text and two calls. */
function richAnswer(): EventBatch[] {
  const writer = createBlockWriter(model);
  writer.write("reasoning", "Hm");
  writer.write("reasoning", ", so.");
  const first = writer.take();
  writer.write("text", "I call ");
  writer.write("text", "both.");
  for (const city of ["Oslo", "Rome"]) {
    writer.openToolCall(`call_${city}`, "get_weather");
    writer.writeArguments(`{"city":`);
    writer.writeArguments(`"${city}"}`);
  }
  writer.finish(
    { kind: "tool-calls" },
    { inputTokens: 9, outputTokens: 30, reasoningTokens: 4, estimated: true },
  );
  return [first, writer.take()];
}

const tools: OpenAI.Responses.FunctionTool[] = [
  { type: "function", name: "get_weather", parameters: { type: "object" }, strict: false },
];

/** A promise that is resolved from outside. */
function deferred<T>() {
  let settle: ((value: T) => void) | undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value: T) => settle?.(value) };
}

function gate() {
  const { promise, resolve } = deferred<void>();
  return { opened: promise, open: () => resolve() };
}

/** Two pieces of text; the second waits for the gate or the end of the caller's patience. */
function slowAnswer(opened: Promise<void>, onAbort: (reason: unknown) => void = () => {}): Answer {
  return async function* (_request, { signal }) {
    const [first, ...rest] = textAnswer("one ", "two");
    if (first !== undefined) yield first;
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([opened, aborted]);
    if (signal.aborted) {
      onAbort(signal.reason);
      throw signal.reason;
    }
    yield* rest;
  };
}

/** Ids and times differ between two answers by nature; SDKs add `output_text` and parsed copies. */
function comparable(response: object): unknown {
  return JSON.parse(
    JSON.stringify(response, (key, value) =>
      ["id", "output_text", "output_parsed", "parsed", "parsed_arguments"].includes(key) ? undefined : value,
    ),
  );
}

/** Polls, as clients of background responses do, without the SDK's additions. */
async function waitFor(edge: Edge, id: string, status: string): Promise<OpenAI.Responses.Response> {
  for (;;) {
    const response: OpenAI.Responses.Response = (await get(`${edge.url}/v1/responses/${id}`)).json();
    if (response.status === status) return response;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("POST /v1/responses", () => {
  test("answers whole", async () => {
    await using edge = await startEdge({ answer: () => textAnswer("Hello", " there") });
    const response = await sdk(edge).responses.create({ model, input: "hi", metadata: { ticket: "7" } });
    expect(response.id).toMatch(/^resp_/);
    expect(response).toMatchObject({
      object: "response",
      status: "completed",
      model,
      output_text: "Hello there",
      metadata: { ticket: "7" },
      created_at: 1_700_000_000,
      completed_at: 1_700_000_000,
      temperature: 0.6,
      usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
    });
  });

  test("streams what it would answer whole: thinking, text and two calls", async () => {
    await using edge = await startEdge({ answer: richAnswer });
    const body = { model, input: "hi", tools };
    const whole = await sdk(edge).responses.create(body);
    const streamed = await sdk(edge).responses.stream(body).finalResponse();
    expect(comparable(streamed)).toEqual(comparable(whole));
    expect(whole.output.map(({ type }) => type)).toEqual([
      "reasoning",
      "message",
      "function_call",
      "function_call",
    ]);
  });

  test("streams by the grammar, and keeps a bare 200 of SSE", async () => {
    await using edge = await startEdge({ answer: richAnswer });
    const reply = await post(`${edge.url}/v1/responses`, { model, input: "hi", stream: true });
    expect(reply.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(checkEvents(parseFrames(reply.text)).status).toBe("completed");
    expect(reply.text).not.toContain("[DONE]");
  });

  test("names what had no effect, and an estimated usage", async () => {
    await using edge = await startEdge({ answer: richAnswer });
    const reply = await post(`${edge.url}/v1/responses`, {
      model,
      input: "hi",
      include: ["reasoning.encrypted_content"],
      tools: [{ type: "web_search" }],
    });
    expect(reply.headers["x-ignored-parameters"]).toBe("include, tools[web_search]");
    expect(reply.headers["x-usage-estimated"]).toBe("true");
  });

  test.each([
    { body: { model: "GPT-9", input: "hi" }, status: 404, code: "model_not_found" },
    { body: { model }, status: 400, code: null, param: "input" },
    { body: { model, input: "hi", temperature: 3 }, status: 400, code: null, param: "temperature" },
    { body: "{", status: 400, code: null },
    {
      body: { model, input: "hi", previous_response_id: "resp_0" },
      status: 400,
      code: "previous_response_not_found",
      param: "previous_response_id",
    },
    {
      body: { model, input: "hi", conversation: "conv_1" },
      status: 404,
      code: "not_found",
      param: "conversation",
    },
    {
      body: { model, input: "hi", conversation: { id: "conv_1" }, previous_response_id: "resp_0" },
      status: 400,
      code: "mutually_exclusive_parameters",
      param: "conversation",
    },
  ])("refuses $body with $status in OpenAI's envelope", async ({ body, status, code, param = null }) => {
    await using edge = await startEdge({});
    const reply = await post(`${edge.url}/v1/responses`, body);
    expect(reply.status).toBe(status);
    expect(reply.json().error).toMatchObject({ code, param });
    expect(reply.json().error.message).toEqual(expect.any(String));
  });

  test.each([false, true])("gives an early failure its status (stream: %s)", async (stream) => {
    await using edge = await startEdge({
      answer: () => {
        throw new GatewayError("rate-limited", "The usage limit is reached.", { retryAfterMs: 5000 });
      },
    });
    const reply = await post(`${edge.url}/v1/responses`, { model, input: "hi", stream });
    expect(reply.status).toBe(429);
    expect(reply.headers["retry-after"]).toBe("5");
    expect(reply.json().error.code).toBe("rate_limit_exceeded");
  });

  test("ends a stream that fails in the middle with response.failed, and stores it so", async () => {
    await using edge = await startEdge({
      *answer() {
        const [first] = textAnswer("half", "");
        if (first !== undefined) yield first;
        throw new GatewayError("upstream-truncated", "Akash Chat hung up.");
      },
    });
    const reply = await post(`${edge.url}/v1/responses`, { model, input: "hi", stream: true });
    expect(reply.status).toBe(200);
    const final = checkEvents(parseFrames(reply.text));
    expect(final).toMatchObject({
      status: "failed",
      error: { code: "server_error", message: expect.stringMatching(/^Akash Chat hung up\./) },
      output: [{ type: "message", status: "incomplete", content: [{ text: "half" }] }],
    });
    expect((await get(`${edge.url}/v1/responses/${final.id}`)).json()).toEqual(final);
    await expect(sdk(edge).responses.stream({ model, input: "hi" }).finalResponse()).resolves.toMatchObject({
      status: "failed",
    });
  });

  test("with a head that had to be committed still announces the response before it fails", async () => {
    const { opened, open } = gate();
    await using edge = await startEdge({
      env: { RESPONSE_HOLD_MS: "0", HEARTBEAT_MS: "100" },
      // eslint-disable-next-line require-yield
      async *answer() {
        await opened;
        throw new GatewayError("upstream-timeout", "Silence.");
      },
    });
    const reply = await fetch(`${edge.url}/v1/responses`, {
      method: "POST",
      body: JSON.stringify({ model, input: "hi", stream: true }),
    });
    expect(reply.status).toBe(200);
    open();
    expect(checkEvents(parseFrames(await reply.text())).error?.message).toMatch(/^Silence\./);
  });

  test.each([true, false])("ends the upstream when the client leaves (stream: %s)", async (stream) => {
    const begun = gate();
    const { promise: aborted, resolve } = deferred<unknown>();
    await using edge = await startEdge({
      answer(request, context) {
        begun.open();
        return slowAnswer(new Promise(() => {}), resolve)(request, context);
      },
    });
    const controller = new AbortController();
    const leaving = sdk(edge).responses.create({ model, input: "hi", stream }, { signal: controller.signal });
    await begun.opened;
    if (stream) await leaving;
    controller.abort();
    if (!stream) await expect(leaving).rejects.toThrow();
    expect(await aborted).toMatchObject({ kind: "aborted" });
  });
});

describe("stored responses", () => {
  test("are retrieved, listed by input items, deleted, and then are gone", async () => {
    await using edge = await startEdge({ answer: richAnswer });
    const { responses } = sdk(edge);
    const created = await responses.create({
      model,
      input: [
        { role: "user", content: "one" },
        { role: "assistant", content: "two" },
        { role: "user", content: "three" },
      ],
    });
    expect(await responses.retrieve(created.id)).toEqual(created);

    const listed: string[] = [];
    for await (const item of responses.inputItems.list(created.id, { limit: 2, order: "asc" })) {
      if (item.type === "message") listed.push(JSON.stringify(item.content));
    }
    expect(listed).toEqual([
      '[{"type":"input_text","text":"one"}]',
      '[{"type":"output_text","text":"two","annotations":[],"logprobs":[]}]',
      '[{"type":"input_text","text":"three"}]',
    ]);
    const page = (await get(`${edge.url}/v1/responses/${created.id}/input_items?limit=1`)).json();
    expect(page).toMatchObject({ object: "list", has_more: true });
    expect(page.data).toHaveLength(1);
    expect(page.first_id).toBe(page.data[0].id);
    expect(page.last_id).toBe(page.data[0].id);

    const deleted = await send("DELETE", `${edge.url}/v1/responses/${created.id}`, null);
    expect(deleted.json()).toEqual({ id: created.id, object: "response", deleted: true });
    await expect(responses.retrieve(created.id)).rejects.toThrow(NotFoundError);
    await expect(responses.delete(created.id)).rejects.toThrow(NotFoundError);
    await expect(responses.cancel(created.id)).rejects.toThrow(NotFoundError);
  });

  test("are not kept with store: false", async () => {
    await using edge = await startEdge({});
    const { id, ...rest } = await sdk(edge).responses.create({ model, input: "hi", store: false });
    expect(rest).toMatchObject({ store: false });
    expect((await get(`${edge.url}/v1/responses/${id}`)).status).toBe(404);
  });

  test("are continued by previous_response_id, also right after the terminal event of a stream", async () => {
    const seen: ChatRequest[] = [];
    await using edge = await startEdge({
      answer(request) {
        seen.push(request);
        return seen.length === 1 ? richAnswer() : textAnswer(`answer ${seen.length}`);
      },
    });
    const { responses } = sdk(edge);
    const first = await responses.create({ model, input: "weather?", tools, instructions: "Old." });
    const second = await responses
      .stream({
        model,
        previous_response_id: first.id,
        tools,
        input: [
          { type: "function_call_output", call_id: "call_Oslo", output: "rain" },
          { type: "function_call_output", call_id: "call_Rome", output: "sun" },
        ],
      })
      .finalResponse();
    const third = await responses.create({
      model,
      previous_response_id: second.id,
      instructions: "New.",
      input: "thanks",
    });
    expect(third.previous_response_id).toBe(second.id);
    const turns = seen[2]?.messages.map(({ role, parts }) => ({
      role,
      parts: parts.map((part) => ("text" in part ? part.text : "callId" in part ? part.callId : part.type)),
    }));
    expect(turns).toEqual([
      { role: "system", parts: ["New."] },
      { role: "user", parts: ["weather?"] },
      { role: "assistant", parts: ["Hm, so.", "I call both.", "call_Oslo", "call_Rome"] },
      { role: "tool", parts: ["call_Oslo", "call_Rome"] },
      { role: "assistant", parts: ["answer 2"] },
      { role: "user", parts: ["thanks"] },
    ]);
  });

  test("give their items to item references", async () => {
    const seen: ChatRequest[] = [];
    await using edge = await startEdge({
      answer(request) {
        seen.push(request);
        return richAnswer();
      },
    });
    const { responses } = sdk(edge);
    const first = await responses.create({ model, input: "weather?", tools });
    const { data } = await responses.inputItems.list(first.id);
    await responses.create({
      model,
      input: [
        ...[...data, ...first.output].map((item) => ({
          type: "item_reference" as const,
          id: String(item.id),
        })),
        { type: "function_call_output", call_id: "call_Oslo", output: "rain" },
      ],
    });
    expect(seen[1]?.messages.map(({ role, parts }) => `${role} ${parts.length}`)).toEqual([
      "user 1",
      "assistant 4",
      "tool 1",
    ]);
    const missing = await post(`${edge.url}/v1/responses`, {
      model,
      input: [{ type: "item_reference", id: "msg_77o0" }],
    });
    expect(missing.status).toBe(404);
    expect(missing.json().error.param).toBe("input[0].id");
  });
});

describe("background responses", () => {
  test("are queued at once, seen in progress, and outlive the client", async () => {
    const { opened, open } = gate();
    await using edge = await startEdge({ answer: slowAnswer(opened) });
    const { responses } = sdk(edge);
    const queued = await responses.create({ model, input: "hi", background: true });
    expect(queued).toMatchObject({ status: "queued", background: true, output: [] });
    expect(await waitFor(edge, queued.id, "in_progress")).toMatchObject({ completed_at: null });
    const early = await post(`${edge.url}/v1/responses`, {
      model,
      input: "x",
      previous_response_id: queued.id,
    });
    expect(early.status).toBe(400);
    open();
    const done = await waitFor(edge, queued.id, "completed");
    expect(done.output).toMatchObject([{ content: [{ text: "one two" }] }]);
    expect(await responses.cancel(queued.id)).toMatchObject({ status: "completed" });
  });

  test("are cancelled, and so is the upstream", async () => {
    const { promise: aborted, resolve } = deferred<unknown>();
    await using edge = await startEdge({ answer: slowAnswer(new Promise(() => {}), resolve) });
    const { responses } = sdk(edge);
    const { id } = await responses.create({ model, input: "hi", background: true });
    await waitFor(edge, id, "in_progress");
    const cancelled = await responses.cancel(id);
    expect(cancelled).toMatchObject({ id, status: "cancelled", error: null });
    expect(await aborted).toMatchObject({ kind: "aborted" });
    expect(comparable(await responses.retrieve(id))).toEqual(comparable(cancelled));
    expect(await responses.cancel(id)).toEqual(cancelled);
  });

  test("only they can be cancelled", async () => {
    await using edge = await startEdge({});
    const { responses } = sdk(edge);
    const { id } = await responses.create({ model, input: "hi" });
    await expect(responses.cancel(id)).rejects.toThrow(/background/);
  });

  test("are streamed while they run and again later, from any event", async () => {
    const { opened, open } = gate();
    await using edge = await startEdge({ answer: slowAnswer(opened) });
    const url = `${edge.url}/v1/responses`;
    const live = await fetch(url, {
      method: "POST",
      body: JSON.stringify({ model, input: "hi", background: true, stream: true }),
    });
    open();
    const events = parseFrames(await live.text());
    const final = checkEvents(events);
    expect(events[1]?.type).toBe("response.queued");
    expect(final.status).toBe("completed");

    const again = await get(`${url}/${final.id}?stream=true`);
    expect(parseFrames(again.text)).toEqual(events);
    const rest = await get(`${url}/${final.id}?stream=true&starting_after=5`);
    expect(parseFrames(rest.text)).toEqual(events.slice(6));
    const sdkStream = await sdk(edge).responses.retrieve(final.id, { stream: true });
    const types: string[] = [];
    for await (const event of sdkStream) types.push(event.type);
    expect(types).toEqual(events.map(({ type }) => type));
  });

  test("have heartbeats with numbers of their own, the same for all who stream them", async () => {
    const { opened, open } = gate();
    const env = { HEARTBEAT_MS: "100" };
    await using edge = await startEdge({ answer: slowAnswer(opened), env });
    const url = `${edge.url}/v1/responses`;
    const live = await openStream(url, { model, input: "hi", background: true, stream: true });
    await live.readUntil(/delta[\s\S]*event: response\.in_progress\n/);
    open();
    const events = parseFrames(await live.readRest());
    const final = checkEvents(events);
    expect(final.status).toBe("completed");
    const again = await get(`${url}/${final.id}?stream=true`);
    expect(parseFrames(again.text)).toEqual(events);
  });

  test("go on when the client that streams them leaves", async () => {
    const { opened, open } = gate();
    await using edge = await startEdge({ answer: slowAnswer(opened) });
    const stream = await sdk(edge).responses.create({ model, input: "hi", background: true, stream: true });
    let id = "";
    for await (const event of stream) {
      if (event.type === "response.created") id = event.response.id;
      if (event.type === "response.output_text.delta") break;
    }
    open();
    expect(await waitFor(edge, id, "completed")).toMatchObject({ status: "completed" });
  });

  test("fail as a response, not as an HTTP error", async () => {
    await using edge = await startEdge({
      answer: () => {
        throw new GatewayError("context-length", "Too long.");
      },
    });
    const { id } = await sdk(edge).responses.create({ model, input: "hi", background: true });
    expect(await waitFor(edge, id, "failed")).toMatchObject({
      error: { code: "context_length_exceeded", message: "Too long." },
    });
  });

  test("are deleted while they run, and do not come back", async () => {
    const { promise: aborted, resolve } = deferred<unknown>();
    await using edge = await startEdge({ answer: slowAnswer(new Promise(() => {}), resolve) });
    const { id } = await sdk(edge).responses.create({ model, input: "hi", background: true });
    await sdk(edge).responses.delete(id);
    await aborted;
    expect((await get(`${edge.url}/v1/responses/${id}`)).status).toBe(404);
  });

  test("are only streamed again if they were made so", async () => {
    await using edge = await startEdge({});
    const { id } = await sdk(edge).responses.create({ model, input: "hi" });
    const reply = await get(`${edge.url}/v1/responses/${id}?stream=true`);
    expect(reply.status).toBe(400);
    expect(reply.json().error.param).toBe("stream");
  });
});

test("too long a prompt is a failed response when streaming, which Codex acts on, and otherwise a 400", async () => {
  await using edge = await startEdge({
    answer: () => {
      throw new GatewayError("context-length", "Too long.", { param: "messages" });
    },
  });
  const streamed = await post(`${edge.url}/v1/responses`, { model, input: "hi", stream: true });
  expect(streamed.status).toBe(200);
  const events = parseFrames(streamed.text);
  expect(events.map(({ type }) => type)).toEqual([
    "response.created",
    "response.in_progress",
    "response.failed",
  ]);
  expect(checkEvents(events)).toMatchObject({
    status: "failed",
    error: { code: "context_length_exceeded", message: "Too long." },
  });
  const whole = await post(`${edge.url}/v1/responses`, { model, input: "hi" });
  expect(whole.status).toBe(400);
  expect(whole.json().error.code).toBe("context_length_exceeded");
});

test("POST /v1/responses/input_tokens counts", async () => {
  await using edge = await startEdge({});
  expect(await sdk(edge).responses.inputTokens.count({ model, input: "hi" })).toEqual({
    object: "response.input_tokens",
    input_tokens: 7,
  });
});

test("a Responses body at /v1/chat/completions is answered as one", async () => {
  await using edge = await startEdge({ answer: richAnswer });
  const reply = await post(`${edge.url}/v1/chat/completions`, { model, input: "hi", tools, stream: true });
  expect(checkEvents(parseFrames(reply.text)).status).toBe("completed");
  const refused = await post(`${edge.url}/v1/chat/completions`, { model, input: "hi", background: true });
  expect(refused.status).toBe(400);
});

test.each([
  { path: "/v1/responses/resp_0/input_items?limit=0", status: 400, param: "limit" },
  { path: "/v1/responses/resp_0/input_items?order=up", status: 400, param: "order" },
  { path: "/v1/responses/resp_0/input_items", status: 404, param: "response_id" },
])("GET $path is $status", async ({ path, status, param }) => {
  await using edge = await startEdge({});
  const reply = await get(`${edge.url}${path}`);
  expect(reply.status).toBe(status);
  expect(reply.json().error.param).toBe(param);
});
