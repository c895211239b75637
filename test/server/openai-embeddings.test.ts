/** Vectors by the real gateway over played servers, on real sockets. */
import { OpenAIEmbeddings } from "@langchain/openai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";

import { post } from "../support/post.ts";
import { startOver, type PlayedUpstream } from "../support/start-over.ts";
import { startStack } from "../support/start-stack.ts";

const path = "/v1/embeddings";
const model = "nomic-embed-text";
const vectors: PlayedUpstream = {
  name: "vectors",
  persona: "sglang",
  models: [{ id: model, embeddings: 8 }, { id: "qwen3" }],
};
const spare: PlayedUpstream = { ...vectors, name: "spare" };
const body = { model, input: ["a red boat", "a blue boat"] };

function clientOf(url: string): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0 });
}

test("a request goes to the upstream and its answer comes in OpenAI's form", async () => {
  await using over = await startOver([vectors]);
  const reply = await post(over.url + path, { ...body, dimensions: 4, user: "me" });
  expect(reply.status).toBe(200);
  expect(reply.json()).toEqual({
    object: "list",
    data: [0, 1].map((index) => ({
      object: "embedding",
      index,
      embedding: [0, 0, 0, 0].map(() => expect.any(Number)),
    })),
    model,
    usage: { prompt_tokens: expect.any(Number), total_tokens: expect.any(Number) },
  });
  expect(reply.headers).toMatchObject({
    "x-upstream": `vectors/${model}`,
    "x-ignored-parameters": "user",
  });
  expect(reply.headers["x-usage-estimated"]).toBeUndefined();
  const asked = over.server("vectors").requests.filter((request) => request.path === path);
  expect(asked.map((request) => request.body)).toEqual([
    { model, input: body.input, encoding_format: "float", dimensions: 4 },
  ]);
});

test("usage that nobody tells is estimated", async () => {
  await using over = await startOver([vectors]);
  const data = [{ index: 0, embedding: [1, 2] }];
  over.server("vectors").enqueue({
    kind: "raw",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ object: "list", data }),
  });
  const reply = await post(over.url + path, { model, input: [[1, 2, 3]] });
  expect(reply.json()).toMatchObject({ usage: { prompt_tokens: 3, total_tokens: 3 }, usage_estimated: true });
  expect(reply.headers["x-usage-estimated"]).toBe("true");
});

describe("clients read it", () => {
  test("openai, which asks for base64 by itself", async () => {
    await using over = await startOver([vectors]);
    const client = clientOf(over.url);
    const packed = await client.embeddings.create(body);
    const plain = await client.embeddings.create({ ...body, encoding_format: "float" });
    expect(packed.data.map(({ embedding }) => embedding.length)).toEqual([8, 8]);
    expect(packed.data).toEqual(plain.data);
    expect(packed.data[0]?.embedding.some((value) => value !== 0)).toBe(true);
    const short = await client.embeddings.create({ ...body, dimensions: 3 });
    expect(short.data[0]?.embedding).toHaveLength(3);
  });

  test("LangChain", async () => {
    await using over = await startOver([vectors]);
    const embeddings = new OpenAIEmbeddings({
      model,
      apiKey: "any",
      maxRetries: 0,
      configuration: { baseURL: `${over.url}/v1` },
    });
    const [boat, same, other] = await embeddings.embedDocuments([
      "a red boat",
      "a red boat",
      "something else",
    ]);
    expect(boat).toHaveLength(8);
    expect(boat).toEqual(same);
    expect(boat).not.toEqual(other);
    expect(await embeddings.embedQuery("a red boat")).toEqual(boat);
  });
});

describe("which model", () => {
  test.each([
    ["auto", { model: "auto" }],
    ["none", { model: undefined }],
    ["an alias", { model: "text-embedding-3-small" }],
    ["an own name", { model: "meaning" }],
    ["an upstream's", { model: `vectors/${model}` }],
    ["another spelling", { model: model.toUpperCase() }],
  ])("%s", async (_name, change) => {
    const file = {
      models: { meaning: [`vectors/${model}`] },
      aliases: { "text-embedding-*": `vectors/${model}` },
    };
    await using over = await startOver([vectors], { file });
    const reply = await post(over.url + path, { ...body, ...change });
    expect([reply.status, reply.headers["x-upstream"]]).toEqual([200, `vectors/${model}`]);
  });

  test.each([
    ["nomic", 404, "model_not_found", "There is no model 'nomic'."],
    ["flux-dev", 400, null, "The model 'flux-dev' gives no vectors."],
  ])("%s is refused with the names of those that do", async (id, status, code, message) => {
    const models = [...(vectors.models ?? []), { id: "flux-dev", draws: true }];
    await using over = await startOver([{ ...vectors, models }]);
    const reply = await post(over.url + path, { ...body, model: id });
    expect([reply.status, reply.json().error]).toEqual([
      status,
      expect.objectContaining({ param: "model", code, message: `${message} Embedding models: ${model}.` }),
    ]);
  });

  test("a model of which its list does not say what it is may have vectors: its upstream judges", async () => {
    await using over = await startOver([{ ...vectors, models: [{ id: "m", embeddings: 4 }, { id: "n" }] }]);
    expect((await post(over.url + path, { ...body, model: "m" })).status).toBe(200);
    const reply = await post(over.url + path, { ...body, model: "n" });
    expect(reply.status).toBe(400);
    expect(reply.json().error.message).toMatch(/^vectors/);
  });

  test("a model whose server says of all that they chat is known by its name", async () => {
    await using over = await startOver([{ ...vectors, persona: "llama.cpp" }]);
    const reply = await post(over.url + path, { input: "a" });
    expect([reply.status, reply.json().model]).toEqual([200, model]);
  });

  test("without a list of embedding models 'model' must say which", async () => {
    await using over = await startOver([{ ...vectors, models: [{ id: "m", embeddings: 4 }] }]);
    const { error } = (await post(over.url + path, { input: "a" })).json();
    expect([error.param, error.message]).toEqual([
      "model",
      "'model' must name an embedding model. No upstream of this gateway lists an embedding model now.",
    ]);
  });
});

describe("where no upstream has vectors", () => {
  test("Akash Chat alone", async () => {
    await using stack = await startStack();
    const reply = await post(stack.url + path, body);
    expect([reply.status, reply.json().error.code]).toEqual([404, "not_found"]);
    expect(stack.simulator.requests).toEqual([]);
  });

  test("AkashML", async () => {
    await using over = await startOver([{ name: "akashml", type: "akashml", persona: "akashml" }]);
    const reply = await post(over.url + path, body);
    expect([reply.status, reply.json().error.code]).toEqual([404, "not_found"]);
  });
});

describe("failover", () => {
  test.each([
    ["a server's error", { kind: "error", status: 500 }, "upstream-unavailable"],
    ["a limit", { kind: "error", status: 429, headers: { "retry-after": "30" } }, "rate-limited"],
    ["a reset", { kind: "reset" }, "upstream-unavailable"],
    ["no embeddings after all", { kind: "error", status: 501, message: "not supported" }, "unsupported"],
    ["a route that is not there", { kind: "error", status: 404, message: "Not Found" }, "unsupported"],
  ] as const)("%s leads to the next upstream", async (_name, script, outcome) => {
    await using over = await startOver([vectors, spare]);
    over.server("vectors").enqueue(script);
    const reply = await post(over.url + path, body);
    expect([reply.status, reply.headers["x-upstream"]]).toEqual([200, `spare/${model}`]);
    expect(reply.headers["x-upstream-attempts"]).toMatch(
      new RegExp(`^vectors/${model};${outcome};\\d+, spare/${model};answered;\\d+$`),
    );
  });

  test("an upstream that rests is not asked", async () => {
    await using over = await startOver([vectors, spare]);
    over.server("vectors").enqueue({ kind: "error", status: 429, headers: { "retry-after": "30" } });
    await post(over.url + path, body);
    const asked = over.server("vectors").requests.length;
    const reply = await post(over.url + path, body);
    expect(reply.headers["x-upstream"]).toBe(`spare/${model}`);
    expect(reply.headers["x-upstream-attempts"]).toBeUndefined();
    expect(over.server("vectors").requests).toHaveLength(asked);
  });

  test("a wrong request goes to nobody else", async () => {
    await using over = await startOver([vectors, spare]);
    over.server("vectors").enqueue({ kind: "error", status: 400, message: "input is bad" });
    const reply = await post(over.url + path, body);
    expect(reply.status).toBe(400);
    expect(over.server("spare").requests.filter((request) => request.path === path)).toEqual([]);
  });

  test("when all fail the last failure says what was tried", async () => {
    await using over = await startOver([vectors, spare]);
    for (const name of ["vectors", "spare"]) over.server(name).enqueue({ kind: "error", status: 500 });
    const reply = await post(over.url + path, body);
    expect(reply.status).toBe(502);
    expect(reply.json().error.message).toMatch(/Tried before: vectors \(nomic-embed-text\): it failed/);
  });
});
