/** Ollama's API as its SDK, `ollama`, uses it. */
import { type ChatRequest, type ChatResponse, type Message, Ollama } from "ollama";
import { describe, expect, test } from "vitest";

import { createGate } from "../../support/gate.ts";
import { startOver } from "../../support/start-over.ts";
import { startStack } from "../../support/start-stack.ts";
import { startTeam } from "../../support/start-team.ts";
import { model, ollama, type Stack } from "../support/clients.ts";
import { expectSilence } from "../support/expect-silence.ts";

// It warns of each line that it can't read.
expectSilence();

const thinker = "DeepSeek-V3.2";
const usage = { promptTokens: 7, completionTokens: 9 };
const messages = [{ role: "user", content: "Hi" }];
const tool = {
  type: "function",
  function: {
    name: "look",
    description: "Looks.",
    parameters: { type: "object", properties: { at: { type: "string" } }, required: ["at"] },
  },
};
const calls = [
  { name: "look", arguments: { at: "Oslo" } },
  { name: "look", arguments: { at: "Rome" } },
];
const markup = calls.map((call) => `<tool_call>${JSON.stringify(call)}</tool_call>`).join("\n");
const schema = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city", "days"],
};

type Body = Omit<ChatRequest, "stream">;

/** The two ways to ask for an answer; a stream is added up to what the whole answer is. */
const ways: Readonly<Record<string, (stack: Stack, body: Body) => Promise<ChatResponse>>> = {
  whole: (stack, body) => ollama(stack).chat({ ...body, stream: false }),
  async streamed(stack, body) {
    let whole: ChatResponse | undefined;
    for await (const line of await ollama(stack).chat({ ...body, stream: true })) {
      const before: Message = whole?.message ?? { role: "assistant", content: "" };
      const thinking = `${before.thinking ?? ""}${line.message.thinking ?? ""}`;
      const called = [...(before.tool_calls ?? []), ...(line.message.tool_calls ?? [])];
      const message = {
        role: line.message.role,
        content: before.content + line.message.content,
        ...(thinking === "" ? {} : { thinking }),
        ...(called.length === 0 ? {} : { tool_calls: called }),
      };
      whole = { ...line, message };
    }
    if (whole === undefined) throw new Error("Nothing came.");
    return whole;
  },
};

/** Without what differs from one answer to the next. */
function comparable(answer: ChatResponse): unknown {
  const passing = /^(?:created_at|id|.*_duration)$/;
  return JSON.parse(JSON.stringify(answer, (key, value: unknown) => (passing.test(key) ? undefined : value)));
}

test.each<
  [string, Parameters<Awaited<ReturnType<typeof startStack>>["simulator"]["enqueue"]>[0], Partial<Body>]
>([
  ["a text", { text: ["Hel", "lo"], usage }, {}],
  ["thoughts", { reasoning: "hm", text: "42", usage }, { model: thinker, think: true }],
  ["thoughts that nobody wants", { reasoning: "hm", text: "42", usage }, { model: thinker, think: false }],
  ["calls behind a text", { text: `I'll look.\n${markup}`, usage }, { tools: [tool] }],
  ["text on both sides of a call", { text: `A ${markup} B`, usage }, { tools: [tool] }],
  ["JSON", { text: 'Sure: {"a": [1]}', usage }, { format: "json" }],
  ["JSON by a schema", { text: '```json\n{"city": "Oslo", "days": "3"}\n```', usage }, { format: schema }],
  ["a text that is cut", { text: "one two three four five", usage }, { options: { num_predict: 3 } }],
  ["a text that stops", { text: "1, 2, END and more", usage }, { options: { stop: ["END"] } }],
  ["counts that nobody tells", { text: "Hello there", usage: null }, {}],
])("%s is the same whole and streamed", async (_what, script, fields) => {
  const answers: unknown[] = [];
  for (const ask of Object.values(ways)) {
    await using stack = await startStack();
    stack.simulator.enqueue(script);
    const answer = await ask(stack, { model, messages, ...fields });
    expect(answer.eval_duration).toBeGreaterThan(0);
    expect(Number.isNaN(Date.parse(String(answer.created_at)))).toBe(false);
    answers.push(comparable(answer));
  }
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[0]).toMatchObject({ done: true, done_reason: expect.any(String) });
});

describe.each(Object.entries(ways))("%s", (_way, ask) => {
  test("an answer says what it has to", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ reasoning: "let me think", text: "42", usage });
    expect(await ask(stack, { model: `${thinker}:latest`, messages, think: "high" })).toMatchObject({
      model: `${thinker}:latest`,
      message: { role: "assistant", content: "42", thinking: "let me think" },
      done: true,
      done_reason: "stop",
      prompt_eval_count: 7,
      eval_count: 9,
      load_duration: 0,
    });
  });

  test("thinking that is not wanted is not there", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ reasoning: "let me think", text: "42" });
    const { message } = await ask(stack, { model: thinker, messages, think: false });
    expect(message).toEqual({ role: "assistant", content: "42" });
  });

  test("calls are whole objects, and their results find them by name or by order", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: markup });
    const first = await ask(stack, { model, messages, tools: [tool] });
    expect(first.done_reason).toBe("stop");
    expect(first.message.tool_calls).toEqual(
      calls.map(({ name, arguments: input }, index) => ({
        id: expect.any(String),
        function: { index, name, arguments: input },
      })),
    );
    stack.simulator.enqueue({ text: "Both are fine." });
    const results = [
      { role: "tool", content: "rain in Oslo" },
      { role: "tool", content: "sun in Rome", tool_name: "look" },
    ];
    const second = await ask(stack, {
      model,
      messages: [...messages, first.message, ...results],
      tools: [tool],
    });
    expect(second.message.content).toBe("Both are fine.");
    const sent = JSON.stringify(stack.simulator.chats[1]?.body);
    expect(sent.indexOf("rain in Oslo")).toBeGreaterThan(sent.indexOf("Rome"));
    expect(sent).toContain("sun in Rome");
  });

  test("an answer by a schema is JSON", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: 'Here:\n{"city": "Oslo", "days": "3"}' });
    const { message } = await ask(stack, { model, messages, format: schema });
    expect(JSON.parse(message.content)).toEqual({ city: "Oslo", days: 3 });
  });

  test("an unknown model is what clients take for one that could be pulled", async () => {
    await using stack = await startStack();
    const asking = ask(stack, { model: "nobody", messages });
    await expect(asking).rejects.toThrow(/model.*not found.*nobody/s);
    await expect(asking).rejects.toMatchObject({ name: "ResponseError", status_code: 404 });
  });

  test("a failure of the upstream is an error with its text", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ error: { kind: "three", message: "Service unavailable" } });
    const asking = ask(stack, { model, messages });
    await expect(asking).rejects.toMatchObject({ status_code: 502, error: expect.any(String) });
  });

  test("pictures are shown to models that can see, and refused by the others", async () => {
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    await using stack = await startStack();
    const seeing = [{ role: "user", content: "What is this?", images: [new Uint8Array(png)] }];
    stack.simulator.enqueue({ text: "A red dot." });
    const id = "meta-llama-Llama-4-Maverick-17B-128E-Instruct-FP8";
    expect((await ask(stack, { model: id, messages: seeing })).message.content).toBe("A red dot.");
    const { body } = stack.simulator.chats[0] ?? {};
    expect(JSON.stringify(body)).toContain(`image/png;base64,${png.toString("base64")}`);
    await expect(ask(stack, { model, messages: seeing })).rejects.toThrow(/Llama-4-Maverick/);
    const broken = [{ role: "user", content: "What is this?", images: ["bm9uZQ=="] }];
    await expect(ask(stack, { model: id, messages: broken })).rejects.toThrow("messages[0].images[0]");
  });
});

test("what fails after the first line is thrown, and never looks whole", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: ["one ", "two"], error: { kind: "cut" } });
  const seen: string[] = [];
  const read = async (): Promise<void> => {
    for await (const line of await ollama(stack).chat({ model, messages, stream: true })) {
      seen.push(line.message.content);
      expect(line.done).toBe(false);
    }
  };
  await expect(read()).rejects.toThrow(/connection lost/);
  expect(seen.join("")).toContain("one");
});

test("silence is filled by lines that say nothing", async () => {
  const gate = createGate();
  await using stack = await startStack({ env: { RESPONSE_HOLD_MS: "0", HEARTBEAT_MS: "100" } });
  stack.simulator.enqueue({ text: ["Hel", "lo"], gate: gate.promise, gateAfter: 1 });
  let beats = 0;
  let text = "";
  for await (const { message } of await ollama(stack).chat({ model, messages, stream: true })) {
    text += message.content;
    if (message.content === "") beats += 1;
    if (beats === 3) gate.open();
  }
  expect(text).toBe("Hello");
});

test("a request that is left ends the upstream's", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: ["one", "two"], gate: new Promise(() => {}), gateAfter: 1 });
  const client = ollama(stack);
  const read = async (): Promise<void> => {
    for await (const _line of await client.chat({ model, messages, stream: true })) client.abort();
  };
  await expect(read()).rejects.toMatchObject({ name: "AbortError" });
  expect(await (await stack.simulator.waitForChat(0)).closed).toBe("client-left");
});

describe("generate", () => {
  test("answers a prompt with a system prompt, whole and streamed", async () => {
    await using stack = await startStack();
    const body = { model: thinker, prompt: "Say hi", system: "Be short.", think: true };
    const script = { reasoning: "hm", text: ["H", "i"], usage };
    stack.simulator.enqueue(script);
    const whole = await ollama(stack).generate(body);
    expect(whole).toMatchObject({ response: "Hi", thinking: "hm", done_reason: "stop", eval_count: 9 });
    stack.simulator.enqueue(script);
    let response = "";
    let thinking = "";
    let last: unknown;
    for await (const line of await ollama(stack).generate({ ...body, stream: true })) {
      response += line.response;
      thinking += line.thinking ?? "";
      last = line;
    }
    expect({ response, thinking }).toEqual({ response: "Hi", thinking: "hm" });
    expect(last).toMatchObject({ done: true, done_reason: "stop", eval_count: 9 });
    expect(stack.simulator.chats.map(({ body: sent }) => sent)).toEqual([
      expect.objectContaining({ system: expect.stringContaining("Be short.") }),
      expect.objectContaining({ system: expect.stringContaining("Be short.") }),
    ]);
  });

  test("goes on with raw text where an upstream does, and around a gap", async () => {
    await using over = await startOver([{ name: "raw", persona: "vllm", models: [{ id: "coder" }] }]);
    over.server("raw").enqueue({ kind: "answer", text: " upon a time" });
    const client = ollama(over);
    expect((await client.generate({ model: "coder", prompt: "Once", raw: true })).response).toBe(
      " upon a time",
    );
    const sent = over.server("raw").requests.findLast(({ path }) => path === "/v1/completions");
    expect(sent?.body).toMatchObject({ prompt: "Once" });
    const beside = client.generate({ model: "coder", prompt: "Once", raw: true, system: "s" });
    await expect(beside).rejects.toThrow("'system' can't stand beside 'raw'");
  });

  test.each([
    ["template", { template: "{{ .Prompt }}" }],
    ["context", { context: [1, 2] }],
    ["logprobs", { logprobs: true }],
    ["format", { format: "xml" }],
  ])("refuses %s by its name", async (name, fields) => {
    await using stack = await startStack();
    const asking = ollama(stack).generate({ model, prompt: "x", ...fields });
    await expect(asking).rejects.toMatchObject({
      status_code: 400,
      error: expect.stringContaining(`'${name}'`),
    });
    expect(stack.simulator.chats).toEqual([]);
  });
});

test("models are loaded and unloaded without a question to any", async () => {
  await using stack = await startStack();
  const client = ollama(stack);
  expect(await client.chat({ model })).toMatchObject({ done: true, done_reason: "load" });
  expect(await client.chat({ model, messages: [], keep_alive: 0 })).toMatchObject({ done_reason: "unload" });
  expect(await client.generate({ model, prompt: "", keep_alive: "0s" })).toMatchObject({
    done_reason: "unload",
  });
  expect(await client.generate({ model, prompt: "", keep_alive: "10m" })).toMatchObject({
    done_reason: "load",
  });
  for await (const line of await client.chat({ model, stream: true })) expect(line.done_reason).toBe("load");
  await expect(client.chat({ model: "nobody" })).rejects.toMatchObject({ status_code: 404 });
  expect(stack.simulator.chats).toEqual([]);
});

describe("embeddings", () => {
  const reading = {
    name: "vectors",
    persona: "sglang" as const,
    models: [{ id: "nomic", embeddings: 8 }, { id: "q" }],
  };

  test("come for a text, a list, and in the old form", async () => {
    await using over = await startOver([reading]);
    const client = ollama(over);
    const { embeddings, ...rest } = await client.embed({ model: "nomic", input: ["a", "b"] });
    expect(embeddings.map(({ length }) => length)).toEqual([8, 8]);
    expect(rest).toMatchObject({ model: "nomic", prompt_eval_count: expect.any(Number) });
    expect((await client.embed({ model: "nomic:latest", input: "a" })).embeddings).toEqual([embeddings[0]]);
    expect((await client.embeddings({ model: "nomic", prompt: "a" })).embedding).toEqual(embeddings[0]);
    expect((await client.embed({ model: "nomic", input: "a", dimensions: 4 })).embeddings[0]).toHaveLength(4);
    expect((await client.embed({ model: "nomic", input: [] })).embeddings).toEqual([]);
    expect((await client.embeddings({ model: "nomic", prompt: "" })).embedding).toEqual([]);
  });

  test("are refused by models that have none", async () => {
    await using over = await startOver([reading]);
    const asking = ollama(over).embed({ model: "q", input: "a" });
    await expect(asking).rejects.toMatchObject({ status_code: 400, error: expect.any(String) });
    await using stack = await startStack();
    await expect(ollama(stack).embed({ model, input: "a" })).rejects.toMatchObject({ status_code: 400 });
    await expect(ollama(stack).embed({ model: "nobody", input: "a" })).rejects.toMatchObject({
      status_code: 404,
    });
  });
});

describe("the models", () => {
  test("are listed, shown and pulled, and can't be changed", async () => {
    await using stack = await startStack({ env: { MODEL_ALIASES: "gpt-4o=DeepSeek-V3.2" } });
    const client = ollama(stack);
    expect(await client.version()).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    const { models } = await client.list();
    const names = models.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["DeepSeek-V3.2:latest", "Qwen/Qwen3-30B-A3B:latest", "gpt-4o:latest"]),
    );
    expect(new Set(models.map(({ digest }) => digest)).size).toBe(models.length);
    for (const name of names) {
      const shown = await client.show({ model: name });
      expect(shown.capabilities.length).toBeGreaterThan(0);
      expect(await client.pull({ model: name })).toEqual({ status: "success" });
    }
    for await (const line of await client.pull({ model, stream: true })) expect(line.status).toBe("success");
    expect(await client.ps()).toEqual({ models: [] });
    await expect(client.pull({ model: "nobody" })).rejects.toMatchObject({ status_code: 404 });
    for (const change of [
      () => client.create({ model: "mine", from: model }),
      () => client.copy({ source: model, destination: "mine" }),
      () => client.delete({ model }),
      () => client.push({ model }),
    ]) {
      await expect(change()).rejects.toMatchObject({
        status_code: 403,
        error: expect.stringContaining("MODEL_ALIASES"),
      });
    }
  });

  test("are reached with a key as header, or in the address for clients that have no place for one", async () => {
    await using team = await startTeam();
    const { key } = await team.createKey({ models: [model], dialects: ["ollama-chat"] });
    const clients = [
      new Ollama({ host: team.url, headers: { authorization: `Bearer ${key}` } }),
      new Ollama({ host: team.url, headers: { authorization: `Basic ${btoa(`me:${key}`)}` } }),
      new Ollama({ host: `${team.url}/key/${key}` }),
    ];
    for (const client of clients) {
      expect((await client.list()).models.map(({ name }) => name)).toEqual([`${model}:latest`]);
      team.simulator.enqueue({ text: "Hello" });
      expect((await client.chat({ model, messages })).message.content).toBe("Hello");
      await expect(client.generate({ model, prompt: "x" })).rejects.toMatchObject({ status_code: 403 });
      await expect(client.show({ model: thinker })).rejects.toMatchObject({ status_code: 403 });
      await expect(client.chat({ model: thinker })).rejects.toMatchObject({ status_code: 403 });
    }
    const nobody = new Ollama({ host: team.url });
    expect(await nobody.version()).toEqual({ version: expect.any(String) });
    await expect(nobody.list()).rejects.toMatchObject({
      status_code: 401,
      error: expect.stringContaining("key"),
    });
    const wrong = new Ollama({ host: `${team.url}/key/akc-wrong` });
    await expect(wrong.list()).rejects.toMatchObject({ status_code: 401 });
    await expect(new Ollama({ host: `${team.url}/key/admin-of-this-test` }).list()).rejects.toThrow(
      /address/,
    );
  });
});
