/** Google's Gemini API at the real gateway, over the simulator, on real sockets. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { createGate } from "../support/gate.ts";
import { get, post, readData, send, type AnyJson } from "../support/post.ts";
import { openStream } from "../support/open-stream.ts";
import { startLogged } from "../support/start-logged.ts";
import { startOver } from "../support/start-over.ts";
import { startStack } from "../support/start-stack.ts";
import { startTeam } from "../support/start-team.ts";

const model = "DeepSeek-V3.2";
const contents = [{ role: "user", parts: [{ text: "Hello" }] }];
const at = (method: string, name = model) => `/v1beta/models/${name}:${method}`;
const textOf = (answer: AnyJson): string =>
  answer.candidates
    .flatMap(({ content }: AnyJson) => content.parts.map((part: AnyJson) => part.text))
    .join("");

describe("the model of a path", () => {
  test.each([
    "/v1beta/models/DeepSeek-V3.2:generateContent",
    "/v1/models/DeepSeek-V3.2:generateContent",
    "/models/DeepSeek-V3.2:generateContent",
    "/v1/v1beta/models/deepseek-v3.2:generateContent",
    "/v1alpha/models/akash-chat/DeepSeek-V3.2:generateContent",
    "/v1beta/models/akash-chat%2FDeepSeek-V3.2%3AgenerateContent/",
    "/v1beta//models//DeepSeek-V3.2:generateContent?alt=json",
  ])("%s", async (path) => {
    await using stack = await startLogged();
    stack.simulator.enqueue({ text: "Hi." });
    const reply = await post(stack.url + path, { contents });
    expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('"text":"Hi."')]);
    expect(stack.simulator.chats[0]?.body).toMatchObject({ model });
    const [line] = await stack.logged({ event: "request" });
    expect(line).toMatchObject({
      route: "/v1beta/models/*:generateContent",
      dialect: "gemini",
      requestedModel: expect.stringMatching(/^(?:akash-chat\/)?deepseek-v3\.2$/i),
      stream: false,
    });
  });

  test("may hold colons", async () => {
    const local = { name: "local", persona: "ollama" as const, models: [{ id: "qwen3:8b" }] };
    await using over = await startOver([local]);
    const reply = await post(`${over.url}${at("generateContent", "qwen3:8b")}`, { contents });
    expect([reply.status, reply.json().modelVersion]).toEqual([200, "qwen3:8b"]);
    expect((await get(`${over.url}/v1beta/models/qwen3:8b`)).json().name).toBe("models/qwen3:8b");
    expect((await get(`${over.url}/v1/models/qwen3:8b`)).json().object).toBe("model");
  });

  test("of Google's name that is none is DEFAULT_MODEL, where there is one", async () => {
    await using stack = await startStack({ env: { DEFAULT_MODEL: "openai-gpt-oss-120b" } });
    for (const method of ["generateContent", "countTokens"]) {
      const reply = await post(stack.url + at(method, "gemini-2.5-flash-lite"), { contents });
      expect(reply.status).toBe(200);
    }
    expect(stack.simulator.chats[0]?.body).toMatchObject({ model: "openai-gpt-oss-120b" });
    const { name } = (await get(`${stack.url}/v1beta/models/gemini-3-pro-preview`)).json();
    expect(name).toBe("models/openai-gpt-oss-120b");
    const other = await post(stack.url + at("generateContent", "llama-9"), { contents });
    expect([other.status, other.json().error.status]).toEqual([404, "NOT_FOUND"]);
  });

  test("of Google's name is what an alias says, before that", async () => {
    const env = { DEFAULT_MODEL: model, MODEL_ALIASES: "gemini-*=openai-gpt-oss-120b" };
    await using stack = await startStack({ env });
    await post(stack.url + at("generateContent", "gemini-2.5-pro"), { contents });
    expect(stack.simulator.chats[0]?.body).toMatchObject({ model: "openai-gpt-oss-120b" });
  });

  test("of Google's name is not found without either, and the answer says what to set", async () => {
    await using stack = await startStack();
    const reply = await post(stack.url + at("generateContent", "gemini-2.5-pro"), { contents });
    expect(reply.json().error).toMatchObject({
      code: 404,
      status: "NOT_FOUND",
      message: expect.stringContaining("MODEL_ALIASES=gemini-2.5-pro="),
    });
  });
});

describe("a stream", () => {
  test("is of events, or one array, and says what the whole answer does", async () => {
    await using stack = await startStack();
    const texts = [];
    for (const method of ["generateContent", "streamGenerateContent?alt=sse", "streamGenerateContent"]) {
      stack.simulator.enqueue({ text: ["One ", "two", " three."] });
      const reply = await post(stack.url + at(method), { contents });
      const type = String(reply.headers["content-type"]);
      const answers: AnyJson[] = type.startsWith("text/event-stream")
        ? readData(reply.text).map((json) => JSON.parse(json))
        : [reply.json()].flat();
      texts.push(answers.map(textOf).join(""));
      expect(answers.at(-1).candidates[0].finishReason).toBe("STOP");
      expect(answers.at(-1).usageMetadata.totalTokenCount).toBeGreaterThan(0);
    }
    expect(texts).toEqual(["One two three.", "One two three.", "One two three."]);
  });

  test("that breaks off as an array is still JSON, with the error as its last item", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: ["One ", "two"], error: { kind: "cut", afterDeltas: 2 } });
    const reply = await post(stack.url + at("streamGenerateContent"), { contents });
    expect([reply.status, reply.headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
    const items: AnyJson[] = reply.json();
    expect(items.at(-1)).toMatchObject({ error: { code: 502, status: "UNAVAILABLE" } });
    expect(items.slice(0, -1).map(textOf).join("")).toBe("One two");
  });

  test("as an array keeps its connection alive without a word", async () => {
    await using stack = await startStack({ env: { RESPONSE_HOLD_MS: "0", HEARTBEAT_MS: "100" } });
    const gate = createGate();
    stack.simulator.enqueue({ text: ["One ", "two"], gate: gate.promise });
    const stream = await openStream(stack.url + at("streamGenerateContent"), { contents });
    const silence = await stream.readUntil("\n");
    gate.open();
    const items: AnyJson[] = JSON.parse(silence + (await stream.readRest()));
    expect(items.map(textOf).join("")).toBe("One two");
  });

  test("of no known form is refused", async () => {
    await using stack = await startStack();
    const { error } = (
      await post(`${stack.url}${at("streamGenerateContent")}?alt=proto`, { contents })
    ).json();
    expect(error).toMatchObject({ code: 400, message: expect.stringContaining("'alt' must be sse") });
  });
});

test("several answers come each with their index", async () => {
  await using stack = await startStack();
  const body = { contents, generationConfig: { candidateCount: 2 } };
  for (const text of ["a", "b", "c", "d"]) stack.simulator.enqueue({ text });
  const whole = (await post(stack.url + at("generateContent"), body)).json();
  expect(whole.candidates.map(({ index }: AnyJson) => index)).toEqual([0, 1]);
  const streamed = readData((await post(`${stack.url}${at("streamGenerateContent")}?alt=sse`, body)).text);
  const ends = streamed.map((json) => JSON.parse(json)).filter((chunk) => chunk.candidates[0].finishReason);
  expect(new Set(ends.map((chunk) => chunk.candidates[0].index))).toEqual(new Set([0, 1]));
  expect(ends.map((chunk) => "usageMetadata" in chunk)).toEqual([false, true]);
});

test("vectors come by either method", async () => {
  const vectors = {
    name: "vectors",
    persona: "sglang" as const,
    models: [{ id: "org/embed", embeddings: 8 }],
  };
  await using over = await startOver([vectors]);
  const content = { parts: [{ text: "a red boat" }] };
  const one = await post(over.url + at("embedContent", "org/embed"), {
    content,
    taskType: "RETRIEVAL_QUERY",
  });
  expect(one.json().embedding.values).toHaveLength(8);
  expect(one.headers["x-ignored-parameters"]).toBe("taskType");
  const requests = [
    { model: "models/org/embed", content, outputDimensionality: 4 },
    { content: { parts: [{ text: "a blue boat" }] }, outputDimensionality: 4 },
  ];
  const two = await post(over.url + at("batchEmbedContents", "org/embed"), { requests });
  expect(two.json().embeddings.map(({ values }: AnyJson) => values.length)).toEqual([4, 4]);
});

test("a method of a model takes POST alone, whoever opens its address", async () => {
  await using stack = await startStack();
  const reply = await get(stack.url + at("generateContent"));
  expect([reply.status, reply.headers["allow"], reply.json().error.message]).toEqual([
    405,
    "POST",
    `${at("generateContent")} takes POST, not GET.`,
  ]);
});

describe("what is not here", () => {
  test.each([
    ["POST", "/v1beta/files", "inlineData"],
    ["POST", "/upload/v1beta/files", "inlineData"],
    ["GET", "/v1beta/cachedContents", "send it along"],
    ["POST", "/v1beta/cachedContents", "send it along"],
    ["POST", `/v1beta/models/${model}:batchGenerateContent`, "there are models"],
    ["POST", `/v1beta/models/${model}`, "there are models"],
    ["POST", "/v1beta1/publishers/google/models/m:predict", "there are models"],
    ["GET", "/v1beta", "there are models"],
    ["DELETE", "/v1beta/fileSearchStores/x", "there are models"],
  ])("%s %s is UNIMPLEMENTED", async (method, path, words) => {
    await using stack = await startStack();
    const reply = await send(method, stack.url + path, method === "POST" ? "{}" : null);
    const { error } = reply.json();
    expect([reply.status, error.code, error.status]).toEqual([501, 501, "UNIMPLEMENTED"]);
    expect(error.message).toContain(words);
  });

  test("is no embedding where no upstream has any", async () => {
    await using stack = await startStack();
    const reply = await post(stack.url + at("embedContent"), { content: { parts: [{ text: "x" }] } });
    expect([reply.status, reply.json().error.status]).toEqual([404, "NOT_FOUND"]);
  });
});

describe("keys", () => {
  const secret = "s3cret-of-this-test";

  test("open it as headers and in the address, and are written nowhere", async () => {
    await using stack = await startLogged({ env: { BEARER_TOKEN: secret, LOG_LEVEL: "trace" } });
    const refused = await post(stack.url + at("generateContent"), { contents });
    expect([refused.status, refused.json().error.status]).toEqual([401, "UNAUTHENTICATED"]);
    for (const path of ["/v1beta/models", `/v1beta/models/${model}`, "/v1beta/files"])
      expect((await get(stack.url + path)).status).toBe(401);
    expect((await get(`${stack.url}/v1beta/models`, { "x-goog-api-key": secret })).status).toBe(200);
    const whole = await post(`${stack.url}${at("generateContent")}?key=${secret}`, { contents });
    const sse = `${stack.url}${at("streamGenerateContent")}?alt=sse&key=${secret}`;
    expect([whole.status, (await post(sse, { contents })).status]).toEqual([200, 200]);
    const wrong = await post(`${stack.url}${at("nothing")}?key=${secret}`, { contents });
    expect(wrong.text).not.toContain(secret);
    await stack.logged({ event: "request" }, 8);
    expect(stack.lines.join("")).not.toContain(secret);
    expect(stack.lines.join("")).not.toContain("alt=sse");
  });

  test("in an address are in no row, trace or metric of its request", async () => {
    await using team = await startTeam({ env: { METRICS_TOKEN: "metrics" } });
    const { key } = await team.createKey({ trace: true });
    const reply = await post(`${team.url}${at("generateContent")}?key=${key}`, { contents });
    expect(reply.status).toBe(200);
    const id = String(reply.headers["x-trace"]);
    await expect.poll(async () => (await team.admin("GET", "/requests")).json().data.length).toBe(1);
    const row = (await team.admin("GET", "/requests")).text;
    expect(JSON.parse(row).data[0]).toMatchObject({
      dialect: "gemini",
      route: "POST /v1beta/models/*:generateContent",
      requested_model: model,
      model,
      stream: false,
    });
    const trace = (await team.admin("GET", `/traces/${id}`)).text;
    const metrics = (await get(`${team.url}/metrics`, { authorization: "Bearer metrics" })).text;
    expect(metrics).toContain('dialect="gemini"');
    for (const text of [row, trace, metrics]) expect(text).not.toContain(key);
  });

  test("for another API are refused, and those for this one open no other", async () => {
    await using team = await startTeam();
    const { key } = await team.createKey({ dialects: ["gemini"], models: ["openai-*"] });
    const headers = { "x-goog-api-key": key };
    const own = await post(team.url + at("generateContent", "openai-gpt-oss-120b"), { contents }, headers);
    expect(own.status).toBe(200);
    expect((await team.chat(key)).status).toBe(403);
    const other = await post(team.url + at("generateContent"), { contents }, headers);
    expect([other.status, other.json().error.status]).toEqual([403, "PERMISSION_DENIED"]);
    expect((await post(team.url + at("countTokens"), { contents }, headers)).status).toBe(403);
    expect((await get(`${team.url}/v1beta/models/${model}`, headers)).status).toBe(403);
    const { models } = (await get(`${team.url}/v1beta/models`, headers)).json();
    expect(models.map(({ name }: AnyJson) => name)).toEqual(["models/openai-gpt-oss-120b"]);
  });
});

test("counting asks nobody, and is in no ledger", async () => {
  await using team = await startTeam();
  const { key } = await team.createKey();
  const reply = await post(team.url + at("countTokens"), { contents }, { "x-goog-api-key": key });
  expect(reply.json()).toEqual({ totalTokens: expect.any(Number) });
  await post(team.url + at("generateContent"), { contents }, { "x-goog-api-key": key });
  await expect.poll(async () => (await team.admin("GET", "/requests")).json().data.length).toBe(1);
  expect(team.simulator.chats).toHaveLength(1);
});

test("a picture of a request reaches a model that sees", async () => {
  await using stack = await startStack();
  const data = readFileSync(new URL("../fixtures/images/red-boat.webp", import.meta.url)).toString(
    "base64url",
  );
  const parts = [{ text: "What is it?" }, { inline_data: { mime_type: "image/webp", data } }];
  const seeing = await post(
    stack.url + at("generateContent", "meta-llama-Llama-4-Maverick-17B-128E-Instruct-FP8"),
    {
      contents: [{ parts }],
    },
  );
  expect([seeing.status, seeing.text]).toEqual([200, expect.any(String)]);
  const blind = await post(stack.url + at("generateContent"), { contents: [{ parts }] });
  expect([blind.status, blind.json().error.status]).toEqual([400, "INVALID_ARGUMENT"]);
});
