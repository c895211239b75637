import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText } from "ai";
import OpenAI, { APIError, AuthenticationError, BadRequestError, InternalServerError } from "openai";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { startStack, type Stack } from "../support/start-stack.ts";

const model = "Meta-Llama-3-3-70B-Instruct";
const messages = [{ role: "user" as const, content: "Hi" }];

const connect = (stack: Stack, apiKey = "any") =>
  new OpenAI({ baseURL: `${stack.url}/v1`, apiKey, maxRetries: 0 });

const provider = (stack: Stack) =>
  createOpenAICompatible({ name: "akash", baseURL: `${stack.url}/v1`, apiKey: "any", includeUsage: true });

// A judge that has to warn has found something.
beforeEach(() => {
  for (const method of ["warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => {
      throw new Error(`console.${method}: ${words.join(" ")}`);
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("the openai SDK", () => {
  test("reads a whole answer", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "Hello!", usage: { promptTokens: 4, completionTokens: 2 } });
    const completion = await connect(stack).chat.completions.create({ model, messages });
    expect(completion.choices[0]?.message).toMatchObject({
      role: "assistant",
      content: "Hello!",
      refusal: null,
    });
    expect(completion.choices[0]?.finish_reason).toBe("stop");
    expect(completion.usage?.total_tokens).toBe(6);
    expect(completion._request_id).toMatch(/^req_/);
  });

  test("reads a stream", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: ["Hel", "lo", " 🙂"] });
    const stream = await connect(stack).chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let total: number | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      total = chunk.usage?.total_tokens ?? total;
    }
    expect(text).toBe("Hello 🙂");
    expect(total).toBeGreaterThan(0);
  });

  test("adds a stream up to what the whole answer is", async () => {
    await using stack = await startStack();
    const reply = {
      reasoning: "let me think",
      text: "Forty-two.",
      usage: { promptTokens: 4, completionTokens: 9 },
    };
    const client = connect(stack);
    stack.simulator.enqueue(reply);
    const whole = await client.chat.completions.create({ model, messages, n: 1 });
    stack.simulator.enqueue(reply);
    const added = await client.chat.completions
      .stream({ model, messages, stream_options: { include_usage: true } })
      .finalChatCompletion();
    const comparable = ({ choices, usage, object, ...rest }: typeof whole) => ({
      content: choices[0]?.message.content,
      role: choices[0]?.message.role,
      finish: choices[0]?.finish_reason,
      usage,
      object,
      model: rest.model,
    });
    expect(comparable(added)).toEqual(comparable(whole));
  });

  test("reads models, ids with slashes too", async () => {
    await using stack = await startStack({ simulator: { models: [{ id: "One" }, { id: "Qwen/Two" }] } });
    const client = connect(stack);
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(expect.arrayContaining(["One", "Qwen/Two"]));
    expect((await client.models.retrieve("Qwen/Two")).id).toBe("Qwen/Two");
  });

  test("knows our errors by their class, code and parameter", async () => {
    await using stack = await startStack({ env: { BEARER_TOKEN: "k" } });
    const client = connect(stack, "k");
    const create = (fields: object) => client.chat.completions.create({ model, messages, ...fields });

    const bad = await create({ temperature: 9 }).catch((error: unknown) => error);
    expect(bad).toBeInstanceOf(BadRequestError);
    expect(bad).toMatchObject({ status: 400, param: "temperature", type: "invalid_request_error" });

    const unknown = await create({ model: "gpt-99" }).catch((error: unknown) => error);
    expect(unknown).toBeInstanceOf(InternalServerError);
    expect(unknown).toMatchObject({ code: "model_not_found" });

    const stranger = await connect(stack, "other")
      .models.list()
      .catch((error: unknown) => error);
    expect(stranger).toBeInstanceOf(AuthenticationError);

    stack.simulator.enqueue({ error: { kind: "usage" } });
    const limited = await create({ stream: true }).catch((error: unknown) => error);
    expect(limited).toBeInstanceOf(APIError);
    expect(limited).toMatchObject({ status: 402, code: "insufficient_quota" });
  });

  test("does not repeat what would fail again", async () => {
    await using stack = await startStack();
    const client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: "any", maxRetries: 5 });
    const seen: unknown[] = [];
    stack.gateway.app.server.on("request", ({ url }: { url?: string }) => seen.push(url));
    await expect(client.chat.completions.create({ model: "gpt-99", messages })).rejects.toThrow(APIError);
    expect(seen).toHaveLength(1);
  });

  test("sees a failure in the middle of a stream as an error", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: ["Once ", "upon"], error: { kind: "cut", afterDeltas: 1 } });
    const stream = await connect(stack).chat.completions.create({ model, messages, stream: true });
    const read = async () => {
      for await (const chunk of stream) void chunk;
    };
    await expect(read()).rejects.toMatchObject({ type: "server_error" });
  });
});

describe("the AI SDK with @ai-sdk/openai-compatible", () => {
  test("reads the same from a stream as from a whole answer", async () => {
    await using stack = await startStack();
    const reply = {
      reasoning: "let me think",
      text: "Forty-two.",
      usage: { promptTokens: 4, completionTokens: 9 },
    };
    stack.simulator.enqueue(reply);
    const whole = await generateText({ model: provider(stack)(model), prompt: "Hi" });
    stack.simulator.enqueue(reply);
    const streamed = streamText({ model: provider(stack)(model), prompt: "Hi" });
    let text = "";
    for await (const piece of streamed.textStream) text += piece;
    expect(text).toBe("Forty-two.");
    expect(whole.text).toBe(text);
    expect(whole.reasoningText).toBe("let me think");
    expect(await streamed.reasoningText).toBe(whole.reasoningText);
    expect(await streamed.finishReason).toBe(whole.finishReason);
    expect((await streamed.usage).totalTokens).toBe(whole.usage.totalTokens);
  });
});
