import type OpenAI from "openai";
import { describe, expect, it } from "vitest";

import { personas, type PersonaName } from "../../../src/simulator/compatible/index.ts";
import { askWeather, open, personaNames, weather } from "./support.ts";

const messages = [{ role: "user" as const, content: "Count to 3" }];

describe.each(personaNames)("%s by the official SDK", (persona) => {
  it("lists its models", async () => {
    await using session = await open(persona);
    const ids = (await session.client.models.list()).data.map(({ id }) => id);
    expect(ids).toEqual(personas[persona].models.map(({ id }) => id));
  });

  it("chats, whole", async () => {
    await using session = await open(persona);
    const answer = await session.client.chat.completions.create({ model: session.model, messages });
    expect(answer.choices[0]).toMatchObject({
      message: { role: "assistant", content: "1, 2, 3" },
      finish_reason: "stop",
    });
    expect(answer.usage?.total_tokens).toBeGreaterThan(3);
  });

  it("chats, streamed, with usage at the end", async () => {
    await using session = await open(persona);
    const stream = await session.client.chat.completions.create({
      model: session.model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    const ends: unknown[] = [];
    for await (const { choices, usage } of stream) {
      text += choices[0]?.delta.content ?? "";
      if (choices[0]?.finish_reason) ends.push(choices[0].finish_reason);
      if (usage) ends.push(usage.prompt_tokens);
    }
    expect(text).toBe("1, 2, 3");
    expect(ends).toEqual(["stop", 3]);
  });

  it("calls a tool and tells what it said", async () => {
    await using session = await open(persona);
    const { client, model } = session;
    const answer = await client.chat.completions.create({ model, ...askWeather });
    const message = answer.choices[0]!.message;
    expect(answer.choices[0]!.finish_reason).toBe(persona === "tgi" ? "stop" : "tool_calls");
    const call = message.tool_calls![0] as OpenAI.ChatCompletionMessageFunctionToolCall;
    const input: unknown = call.function.arguments;
    expect(call.function.name).toBe("get_weather");
    expect(typeof input === "string" ? JSON.parse(input) : input).toEqual({ city: "Paris" });
    const told = await client.chat.completions.create({
      model,
      tools: [weather],
      messages: [
        ...askWeather.messages,
        message,
        { role: "tool", tool_call_id: call.id, content: "18 °C, sunny" },
      ],
    });
    expect(told.choices[0]!.message.content).toBe("get_weather says: 18 °C, sunny");
  });

  it("streams two calls in its own pieces", async () => {
    await using session = await open(persona);
    const stream = await session.client.chat.completions.create({
      model: session.model,
      tools: [weather],
      messages: [{ role: "user", content: "Compare the weather in Paris and Oslo" }],
      stream: true,
    });
    const calls: { name: string; input: string }[] = [];
    for await (const { choices } of stream) {
      for (const { index, function: called } of choices[0]?.delta.tool_calls ?? []) {
        calls[index] ??= { name: "", input: "" };
        calls[index].name += called?.name ?? "";
        calls[index].input += called?.arguments ?? "";
      }
    }
    expect(calls).toEqual([
      { name: "get_weather", input: '{"city":"Paris"}' },
      { name: "get_weather", input: '{"city":"Oslo"}' },
    ]);
  });

  it("fits a JSON schema", async () => {
    await using session = await open(persona);
    const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const answer = await session.client.chat.completions.create({
      model: session.model,
      messages: [{ role: "user", content: "Where is Brno?" }],
      response_format: { type: "json_schema", json_schema: { name: "place", schema } },
    });
    expect(JSON.parse(answer.choices[0]!.message.content!)).toEqual({ city: "Brno" });
  });

  it("stops at a word and at its limit", async () => {
    await using session = await open(persona);
    const ask = { model: session.model, messages, reasoning_effort: "none" as const };
    // Where thinking can't be turned off in this way it would use the limit up.
    session.simulator.setModels([{ id: session.model }]);
    const stopped = await session.client.chat.completions.create({ ...ask, stop: ", 3" });
    expect(stopped.choices[0]).toMatchObject({ message: { content: "1, 2" }, finish_reason: "stop" });
    const cut = await session.client.chat.completions.create({ ...ask, max_tokens: 2 });
    expect(cut.choices[0]).toMatchObject({ message: { content: "1, 2," }, finish_reason: "length" });
  });

  it("wants its key where one is set", async () => {
    await using session = await open(persona, { apiKey: "secret" });
    const ask = { model: session.model, messages };
    await expect(session.client.chat.completions.create(ask)).rejects.toMatchObject({ status: 401 });
    const client = session.client.withOptions({ apiKey: "secret" });
    expect((await client.chat.completions.create(ask)).choices).toHaveLength(1);
  });

  it("completes a prompt, whole and streamed", async () => {
    await using session = await open(persona);
    const ask = { model: session.model, prompt: "Count to 3" };
    expect((await session.client.completions.create(ask)).choices[0]!.text).toBe("1, 2, 3");
    let text = "";
    for await (const { choices } of await session.client.completions.create({ ...ask, stream: true })) {
      text += choices[0]?.text ?? "";
    }
    expect(text).toBe("1, 2, 3");
  });
});

/** Each server's own words. */
const words: Readonly<
  Record<PersonaName, { key: unknown; path: readonly [number, string]; model?: unknown; context: RegExp }>
> = {
  vllm: {
    key: { error: "Unauthorized" },
    path: [404, '{"detail":"Not Found"}'],
    model: {
      error: {
        message: "The model `gone` does not exist.",
        type: "NotFoundError",
        param: "model",
        code: 404,
      },
    },
    context: /"message":"This model's maximum context length is 100 tokens\..* at least 500 input tokens/,
  },
  sglang: {
    key: { error: "Unauthorized" },
    path: [404, '{"detail":"Not Found"}'],
    context:
      /^\{"object":"error","message":"The input \(500 tokens\) is longer than the model's context length \(100/,
  },
  "llama.cpp": {
    key: { error: { code: 401, message: "Invalid API Key", type: "authentication_error" } },
    path: [404, '{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}'],
    context: /exceeds the available context size.*"n_prompt_tokens":500,"n_ctx":100/,
  },
  ollama: {
    key: { error: { message: "unauthorized", type: "api_error", param: null, code: null } },
    path: [404, "404 page not found"],
    model: { error: { message: "model 'gone' not found", type: "not_found_error", param: null, code: null } },
    context: /"prompt_tokens":100,/,
  },
  "lm-studio": {
    key: { error: "Malformed LM Studio API token provided" },
    path: [200, '{"error":"Unexpected endpoint or method. (GET /nothing). Returning 200 anyway"}'],
    model: { error: 'Model "gone" not found' },
    context: /greater than the context length/,
  },
  tgi: {
    key: { error: "Unauthorized", error_type: "authorization" },
    path: [404, ""],
    context:
      /"Input validation error: `inputs` must have less than 99 tokens. Given: 500","error_type":"validation"/,
  },
  openrouter: {
    key: { error: { code: 401, message: "No auth credentials found" } },
    path: [404, '{"error":{"code":404,"message":"Not Found"}}'],
    model: { error: { code: 400, message: "gone is not a valid model ID" } },
    context: /This endpoint's maximum context length is 100 tokens.*metadata/,
  },
  akashml: {
    key: { error: { message: "Invalid API key", type: "authentication_error", param: null, code: 401 } },
    path: [
      404,
      '{"error":{"message":"Unknown request: GET /nothing","type":"not_found_error","param":null,"code":404}}',
    ],
    context: /maximum context length is 100 tokens/,
  },
};

describe.each(personaNames)("%s in its own words", (persona) => {
  const expected = words[persona];

  it("refuses keys", async () => {
    await using session = await open(persona, { apiKey: "secret" });
    expect(await (await session.chat()).json()).toEqual(expected.key);
  });

  it("answers an unknown path", async () => {
    await using session = await open(persona);
    const reply = await fetch(`${session.simulator.url}/nothing`);
    expect([reply.status, await reply.text()]).toEqual(expected.path);
  });

  it("holds its context", async () => {
    await using session = await open(persona, { models: [{ id: "small", contextLength: 100 }] });
    const reply = await session.chat({ messages: [{ role: "user", content: "x".repeat(2000) }] });
    expect(await reply.text()).toMatch(expected.context);
  });
});

it.each(personaNames.filter((persona) => words[persona].model !== undefined))(
  "%s refuses an unknown model",
  async (persona) => {
    await using session = await open(persona);
    expect(await (await session.chat({ model: "gone" })).json()).toEqual(words[persona].model);
  },
);

it.each(["llama.cpp", "tgi"] as const)("%s has one model and looks at no name", async (persona) => {
  await using session = await open(persona);
  expect((await session.chat({ model: "gone" })).status).toBe(200);
});
