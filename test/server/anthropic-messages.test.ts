import {
  Anthropic,
  APIError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from "@anthropic-ai/sdk";
import { createAnthropic } from "@ai-sdk/anthropic";
import { generateText, stepCountIs, streamText, tool } from "ai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import type { ScriptedReply } from "../../src/simulator/index.ts";
import { checkGrammar } from "../dialects/anthropic-messages/check-grammar.ts";
import { startStack } from "../support/start-stack.ts";

type Stack = Awaited<ReturnType<typeof startStack>>;
type Params = Anthropic.MessageCreateParamsNonStreaming;

const weather: Anthropic.Tool = {
  name: "get_weather",
  description: "The weather in a city",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

const hello: Params = {
  model: "claude-haiku-5-5",
  max_tokens: 1000,
  messages: [{ role: "user", content: "Hello" }],
};

const callOf = (city: string) =>
  `<tool_call>\n{"name":"get_weather","arguments":{"city":"${city}"}}\n</tool_call>`;

const call = (city: string) => ({ type: "tool_use", name: "get_weather", input: { city } });
const words = (text: string) => ({ type: "text", text });

let stack: Stack;
let client: Anthropic;

beforeEach(async () => {
  stack = await startStack({ env: { MODEL_ALIASES: "claude-*=DeepSeek-V3.2" } });
  client = new Anthropic({ apiKey: "any", baseURL: stack.url, maxRetries: 0 });
});
afterEach(() => stack.close());

function post(body: unknown, init: RequestInit = {}, query = ""): Promise<Response> {
  return fetch(`${stack.url}/v1/messages${query}`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify(body),
    ...init,
  });
}

/** The AI SDK's provider. */
function provider() {
  return createAnthropic({ apiKey: "any", baseURL: `${stack.url}/v1` });
}

/** Drops what differs by nature: ids, and what the SDK adds. */
function comparable(message: unknown): unknown {
  return JSON.parse(
    JSON.stringify(message, (key, value: unknown) =>
      ["id", "parsed_output", "_request_id"].includes(key) ? undefined : value,
    ),
  );
}

describe("Claude Code", () => {
  it("finds models by its discovery, and each answers", async () => {
    const headers = { "user-agent": "claude-code/2.1.332", "anthropic-version": "2023-06-01" };
    const list = (await (await fetch(`${stack.url}/v1/models?limit=1000`, { headers })).json()) as {
      data: { id: string; display_name: string }[];
    };
    expect(list.data.length).toBeGreaterThan(1);
    for (const { id, display_name: name } of list.data) {
      expect(name).toMatch(/ \(akashchat-api\)$/);
      // The alias claude-* does not catch it.
      const message = await client.messages.create({ ...hello, model: id });
      expect(id).toBe(`claude-akash/${message.model}`);
    }
  });

  it("is the only one that gets such ids", async () => {
    const page = await client.models.list();
    expect(page.data.map(({ id }) => id)).toContain("DeepSeek-V3.2");
    expect(JSON.stringify(page.data)).not.toContain("claude-akash");
    expect((await client.models.retrieve("claude-akash/DeepSeek-V3.2")).id).toBe("DeepSeek-V3.2");
  });
});

describe("the Anthropic SDK", () => {
  it("gets an answer, from the model behind the alias", async () => {
    stack.simulator.enqueue({ text: "Good day 🙂", usage: { promptTokens: 11, completionTokens: 5 } });
    const message = await client.messages.create(hello);
    expect(message).toMatchObject({
      type: "message",
      role: "assistant",
      model: "DeepSeek-V3.2",
      content: [{ type: "text", text: "Good day 🙂" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 11 },
    });
    expect(message.id).toMatch(/^msg_\w{24,}$/);
    expect(message._request_id).toMatch(/^req_\w{24,}$/);
  });

  it.each<[string, ScriptedReply, Partial<Params>, string, unknown[]]>([
    ["text", { text: "Good day 🙂" }, {}, "end_turn", [words("Good day 🙂")]],
    [
      "thinking",
      { reasoning: "Let me see.", text: "42" },
      { thinking: { type: "adaptive" } },
      "end_turn",
      [{ type: "thinking", thinking: "Let me see." }, words("42")],
    ],
    [
      "thinking that nobody asked for",
      { reasoning: "Let me see.", text: "42" },
      {},
      "end_turn",
      [words("42")],
    ],
    [
      "one tool call",
      { text: `I look.\n${callOf("Graz")}` },
      { tools: [weather] },
      "tool_use",
      [{ type: "text" }, call("Graz")],
    ],
    [
      "several tool calls",
      { text: `${callOf("Graz")}\n${callOf("Linz")}` },
      { tools: [weather] },
      "tool_use",
      [call("Graz"), call("Linz")],
    ],
    [
      "thinking and a call",
      { reasoning: "Hm.", text: callOf("Graz") },
      { tools: [weather], thinking: { type: "enabled", budget_tokens: 1024 } },
      "tool_use",
      [{ type: "thinking", thinking: "Hm." }, call("Graz")],
    ],
    ["a refusal", { text: "I can't", finishReason: "content-filter" }, {}, "refusal", [words("I can't")]],
    [
      "the upstream's length stop",
      { text: "Once upon", finishReason: "length" },
      {},
      "max_tokens",
      [words("Once upon")],
    ],
    [
      "our length stop",
      { text: "one two three four five six" },
      { max_tokens: 3 },
      "max_tokens",
      [{ type: "text" }],
    ],
    [
      "a stop sequence",
      { text: "1, 2, 3, 4" },
      { stop_sequences: ["3"] },
      "stop_sequence",
      [words("1, 2, ")],
    ],
  ])("adds the stream up to the whole message: %s", async (_name, reply, fields, reason, content) => {
    stack.simulator.enqueue(reply);
    const whole = await client.messages.create({ ...hello, ...fields });
    expect(whole).toMatchObject({ stop_reason: reason, content });
    stack.simulator.enqueue(reply);
    const streamed = await client.messages.stream({ ...hello, ...fields }).finalMessage();
    expect(comparable(streamed)).toEqual(comparable(whole));
  });

  it("runs tools until the answer is there", async () => {
    stack.simulator.enqueue({ text: callOf("Graz") });
    stack.simulator.enqueue({ text: "It is sunny in Graz." });
    const asked: unknown[] = [];
    const before = stack.simulator.chats.length;
    const final = await client.beta.messages.toolRunner({
      ...hello,
      tools: [
        {
          ...weather,
          run: (input: unknown) => {
            asked.push(input);
            return "sunny";
          },
          parse: (input: unknown) => input,
        },
      ],
    });
    expect(asked).toEqual([{ city: "Graz" }]);
    expect(final.content).toMatchObject([{ type: "text", text: "It is sunny in Graz." }]);
    expect(JSON.stringify(stack.simulator.chats[before + 1]?.body)).toContain("sunny");
  });

  it("counts tokens, tools and all, never 0", async () => {
    const { max_tokens: _limit, ...body } = hello;
    const bare = await client.messages.countTokens(body);
    const tools = await client.messages.countTokens({ ...body, tools: [weather] });
    expect(bare.input_tokens).toBeGreaterThan(0);
    expect(tools.input_tokens).toBeGreaterThan(bare.input_tokens + 20);
  });

  it("lists models and finds one", async () => {
    const page = await client.models.list();
    expect(page.data.map((model) => model.id)).toContain("DeepSeek-V3.2");
    expect(page.hasNextPage()).toBe(false);
    expect(await client.models.retrieve("DeepSeek-V3.2")).toMatchObject({
      type: "model",
      id: "DeepSeek-V3.2",
    });
  });

  it("has errors of the right class", async () => {
    await expect(client.messages.create({ ...hello, model: "no-such-model" })).rejects.toBeInstanceOf(
      NotFoundError,
    );
    await expect(
      client.post("/v1/messages", { body: { model: "DeepSeek-V3.2", messages: hello.messages } }),
    ).rejects.toMatchObject({
      status: 400,
      type: "invalid_request_error",
      apiMessage: "max_tokens: Field required",
    });
    stack.simulator.enqueue({ error: { kind: "http", status: 429 } });
    await expect(client.messages.create(hello, { maxRetries: 0 })).rejects.toBeInstanceOf(RateLimitError);
    stack.simulator.enqueue({
      error: {
        kind: "http",
        status: 400,
        body: "[Message too long for this model. Please try with a shorter message or a different model.]",
      },
    });
    const tooLong: unknown = await client.messages.create(hello).catch((error: unknown) => error);
    expect(tooLong).toBeInstanceOf(BadRequestError);
    expect(tooLong).toMatchObject({ apiMessage: expect.stringContaining("prompt is too long") });
    const messages: Params["messages"] = [{ role: "user", content: "word ".repeat(70_000) }];
    await expect(client.messages.create({ ...hello, messages })).rejects.toMatchObject({
      status: 400,
      apiMessage: expect.stringMatching(/^prompt is too long: \d+ tokens > 63000 maximum$/),
    });
  });

  it.each<[string, ScriptedReply]>([
    ["that the upstream reports", { text: ["Once ", "upon"], error: { kind: "mid", afterDeltas: 1 } }],
    ["of a connection that breaks", { text: ["Once ", "upon"], error: { kind: "cut", afterDeltas: 1 } }],
  ])("learns of a failure in the middle %s", async (_name, reply) => {
    stack.simulator.enqueue(reply);
    const stream = client.messages.stream(hello);
    const failure: unknown = await stream.finalMessage().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(APIError);
    expect(failure).toMatchObject({ type: "api_error" });
  });
});

describe("the wire", () => {
  it.each([
    [null, "true"],
    [{ promptTokens: 7, completionTokens: 2 }, null],
  ])("says that usage is our own count, and only then: upstream usage %j", async (usage, header) => {
    stack.simulator.enqueue({ text: "Hi there", usage });
    const response = await post(hello);
    expect(response.headers.get("x-usage-estimated")).toBe(header);
    expect(await response.json()).toMatchObject({ usage: { output_tokens: 2 } });
  });

  it("takes Claude Code's query, beta headers and unknown fields", async () => {
    stack.simulator.enqueue({ text: "Hi" });
    const response = await post(
      {
        ...hello,
        top_k: 3,
        brand_new: { field: 1 },
        tools: [{ type: "web_search_20250305", name: "web_search" }],
      },
      { headers: { "content-type": "application/json", "anthropic-beta": "a-2099-01-01,b" } },
      "?beta=true",
    );
    expect(response.status).toBe(200);
    expect(response.headers.get("x-ignored-parameters")).toBe(
      "top_k, brand_new, tools.0 (web_search_20250305)",
    );
    expect(response.headers.get("request-id")).toMatch(/^req_/);
  });

  it("answers HEAD /", async () => {
    expect((await fetch(stack.url, { method: "HEAD" })).status).toBe(200);
  });

  it("has Anthropic's envelope for every failure", async () => {
    const known = { type: "error", error: { type: "invalid_request_error" } };
    const get = await fetch(`${stack.url}/v1/messages`);
    expect(get.status).toBe(405);
    expect(await get.json()).toMatchObject(known);
    const broken = await post(undefined, { body: "{" });
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject(known);
    const missing = await fetch(`${stack.url}/v1/messages/batches`, { method: "POST" });
    expect(missing.status).toBe(404);
    const body: unknown = await missing.json();
    expect(body).toMatchObject({ type: "error", error: { type: "not_found_error" } });
  });

  it("streams by the grammar, with our own count first", async () => {
    stack.simulator.enqueue({
      reasoning: "Hm.",
      text: `I look.\n${callOf("Graz")}`,
      usage: { promptTokens: 77, completionTokens: 5 },
    });
    const count = { model: hello.model, messages: hello.messages, tools: [weather] };
    const response = await post({ ...hello, ...count, stream: true, thinking: { type: "adaptive" } });
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const events = checkGrammar(await response.text());
    expect(
      events.flatMap((event) => (event.type === "content_block_start" ? [event.content_block.type] : [])),
    ).toEqual(["thinking", "text", "tool_use"]);
    const { input_tokens: counted } = await client.messages.countTokens(count);
    expect(events[0]).toMatchObject({ message: { usage: { input_tokens: counted } } });
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: "tool_use" }, usage: { input_tokens: 77 } });
  });

  it.each<[string, boolean, number]>([
    ["while it streams", true, 1],
    ["before the first token of a stream", true, 0],
    ["before the answer of a plain request", false, 0],
  ])("ends the upstream's request when the client leaves %s", async (_name, stream, deltas) => {
    const never = new Promise<void>(() => {});
    const index = stack.simulator.chats.length;
    stack.simulator.enqueue({ text: ["One", "Two"], gate: never, gateAfter: deltas });
    const leave = new AbortController();
    const response = post({ ...hello, stream }, { signal: leave.signal });
    const ended = response.catch((error: unknown) => error);
    const chat = await stack.simulator.waitForChat(index);
    if (deltas > 0) await (await response).body?.getReader().read();
    leave.abort();
    await ended;
    expect(await chat.closed).toBe("client-left");
  });

  it("pings while the model is silent", async () => {
    await using slow = await startStack({ env: { RESPONSE_HOLD_MS: "0", HEARTBEAT_MS: "100" } });
    let open: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    slow.simulator.enqueue({ text: "Hi", gate });
    const response = await fetch(`${slow.url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...hello, model: "DeepSeek-V3.2", stream: true }),
    });
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.split("event: ping").length > 2) open?.();
    }
    expect(checkGrammar(text).filter((event) => event.type === "ping").length).toBeGreaterThanOrEqual(2);
  });

  it("asks for the key as x-api-key or Bearer", async () => {
    await using guarded = await startStack({ env: { BEARER_TOKEN: "sesame" } });
    const knock = (options: { apiKey?: string; authToken?: string }) =>
      new Anthropic({
        apiKey: null,
        authToken: null,
        ...options,
        baseURL: guarded.url,
        maxRetries: 0,
      }).messages.create({
        ...hello,
        model: "DeepSeek-V3.2",
      });
    await expect(knock({ apiKey: "wrong" })).rejects.toBeInstanceOf(AuthenticationError);
    expect(await knock({ apiKey: "sesame" })).toMatchObject({ type: "message" });
    expect(await knock({ authToken: "sesame" })).toMatchObject({ type: "message" });
  });
});

describe("the AI SDK", () => {
  const tools = {
    get_weather: tool({
      description: "The weather in a city",
      inputSchema: z.object({ city: z.string() }),
      execute: ({ city }) => `sunny in ${city}`,
    }),
  };

  it("generates text with tools", async () => {
    stack.simulator.enqueue({ text: callOf("Graz") });
    stack.simulator.enqueue({ text: "Sunny." });
    const result = await generateText({
      model: provider()("claude-haiku-5-5"),
      prompt: "Weather in Graz?",
      tools,
      stopWhen: stepCountIs(3),
    });
    expect(result.text).toBe("Sunny.");
    expect(result.steps[0]?.toolResults[0]?.output).toBe("sunny in Graz");
  });

  it("streams text with thinking and tools", async () => {
    stack.simulator.enqueue({ reasoning: "I need the weather.", text: callOf("Graz") });
    stack.simulator.enqueue({ reasoning: "Now I know.", text: "Sunny." });
    const result = streamText({
      model: provider()("claude-haiku-5-5"),
      prompt: "Weather in Graz?",
      tools,
      stopWhen: stepCountIs(3),
      providerOptions: { anthropic: { thinking: { type: "adaptive" } } },
      onError: ({ error }) => {
        throw error;
      },
    });
    let text = "";
    for await (const piece of result.textStream) text += piece;
    expect(text).toBe("Sunny.");
    const steps = await result.steps;
    expect(steps.map((step) => step.reasoningText)).toEqual(["I need the weather.", "Now I know."]);
    expect(steps[0]?.toolCalls[0]?.input).toEqual({ city: "Graz" });
  });
});
