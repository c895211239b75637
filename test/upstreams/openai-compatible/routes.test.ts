/** What servers have beside chats: vectors, texts to go on with, pictures; over real sockets. */
import type { ServerResponse } from "node:http";

import { describe, expect, test } from "vitest";

import type { ChatEvent } from "../../../src/model/events.ts";
import type { ImageEvent, Upstream } from "../../../src/upstreams/upstream.ts";
import { answerJson, serve, type Seen } from "../akash-chat/support/serve.ts";
import { createUpstream, createWatch, forever } from "./create-upstream.ts";
import { textOf } from "./read-case.ts";

const bodyOf = (seen: Seen | undefined) => JSON.parse(seen?.body ?? "null") as Record<string, unknown>;

const models = { data: [{ id: "m" }, { id: "i", mode: "image_generation" }] };

function serveAnswer(status: number, body: unknown) {
  return serve((seen, response) => {
    if (seen.method === "GET") answerJson(response, 200, models);
    else answerJson(response, status, body);
  });
}

function embed(upstream: Upstream, input: readonly (string | readonly number[])[] = ["a", "b"]) {
  if (upstream.embed === undefined) throw new Error("It has no vectors.");
  return upstream.embed({ model: "e", input }, { signal: forever });
}

describe("vectors", () => {
  const base64 = Buffer.from(Float32Array.of(0.5, -2).buffer).toString("base64");

  test("are asked for as numbers", async () => {
    await using server = await serveAnswer(200, {
      data: [
        { index: 0, embedding: [1, 2] },
        { index: 1, embedding: [3, 4] },
      ],
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
    await using upstream = createUpstream(server.url);
    const watch = createWatch();
    const answer = await upstream.embed?.(
      { model: "e", input: ["a", [1, 2]], dimensions: 2 },
      { signal: forever, watch },
    );
    expect(answer).toEqual({
      vectors: [
        [1, 2],
        [3, 4],
      ],
      inputTokens: 7,
    });
    expect(server.seen[0]?.url).toBe("/v1/embeddings");
    expect(bodyOf(server.seen[0])).toEqual({
      model: "e",
      input: ["a", [1, 2]],
      encoding_format: "float",
      dimensions: 2,
    });
    expect(watch.told).toEqual(["ask mine"]);
  });

  test("are put in order, and read from base64, too", async () => {
    await using server = await serveAnswer(200, {
      data: [
        { index: 1, embedding: [3, 4] },
        { index: 0, embedding: base64 },
      ],
    });
    await using upstream = createUpstream(server.url);
    expect(await embed(upstream)).toEqual({
      vectors: [
        [0.5, -2],
        [3, 4],
      ],
      inputTokens: undefined,
    });
  });

  test.each([
    ["too few", { data: [{ index: 0, embedding: [1] }] }],
    ["too many", { data: [0, 1, 2].map((index) => ({ index, embedding: [1] })) }],
    ["twice the same", { data: [0, 0].map((index) => ({ index, embedding: [1] })) }],
    ["empty ones", { data: [0, 1].map((index) => ({ index, embedding: [] })) }],
    ["no numbers", { data: [0, 1].map((index) => ({ index, embedding: ["x"] })) }],
    ["half a number", { data: [0, 1].map((index) => ({ index, embedding: "AAA=" })) }],
    ["none", {}],
    ["no JSON object", []],
  ])("that don't fit the texts are refused: %s", async (_name, body) => {
    await using server = await serveAnswer(200, body);
    await using upstream = createUpstream(server.url);
    await expect(embed(upstream)).rejects.toMatchObject({ kind: "upstream-protocol" });
  });

  test.each([
    [
      501,
      { error: { message: "This server does not support embeddings.", type: "not_supported_error" } },
      "unsupported",
    ],
    [200, { error: "Unexpected endpoint or method. (POST /v1/embeddings)" }, "unsupported"],
    [400, { error: { message: "input is too long for this model" } }, "context-length"],
  ])("that are refused (%i) fail as its other answers do", async (status, body, kind) => {
    await using server = await serveAnswer(status, body);
    await using upstream = createUpstream(server.url);
    await expect(embed(upstream)).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(/^mine/) as string,
    });
  });
});

describe("a text to go on with", () => {
  const frames = [
    { choices: [{ index: 0, text: " upon", finish_reason: null }] },
    { choices: [{ index: 0, text: " a time", finish_reason: "length" }] },
    { choices: [], usage: { prompt_tokens: 1, completion_tokens: 3 } },
  ]
    .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
    .join("");

  function answer(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" }).end(`${frames}data: [DONE]\n\n`);
  }

  test("is streamed", async () => {
    await using server = await serve((_seen, response) => answer(response));
    await using upstream = createUpstream(server.url);
    const request = {
      model: "m",
      prompt: "Once",
      suffix: "end",
      sampling: { temperature: 1 },
      maxOutputTokens: 3,
      stopSequences: ["."],
    };
    const events: ChatEvent[] = [];
    await upstream.continueText?.(request, { signal: forever }, (batch) => void events.push(...batch));
    expect(textOf(events, "text")).toBe(" upon a time");
    expect(events.at(-1)).toMatchObject({
      reason: { kind: "length" },
      usage: { inputTokens: 1, outputTokens: 3, estimated: false },
    });
    expect(server.seen[0]?.url).toBe("/v1/completions");
    expect(bodyOf(server.seen[0])).toEqual({
      model: "m",
      prompt: "Once",
      suffix: "end",
      stream: true,
      stream_options: { include_usage: true },
      temperature: 1,
      max_tokens: 3,
      stop: ["."],
    });
  });
});

async function draw(upstream: Upstream): Promise<ImageEvent[]> {
  await upstream.listModels(forever);
  if (upstream.pictures === undefined) throw new Error("It draws nothing.");
  const events: ImageEvent[] = [];
  const request = { model: "i", turns: [{ role: "user", text: "a cat" }] } as const;
  for await (const event of upstream.pictures.makeImage(request, forever)) events.push(event);
  return events;
}

describe("pictures", () => {
  const bytes = Buffer.from("picture");

  test.each([
    ["bytes", { b64_json: bytes.toString("base64"), revised_prompt: "a black cat" }, "a black cat"],
    [
      "an address with the bytes in it",
      { url: `data:image/png;base64,${bytes.toString("base64")}` },
      "a cat",
    ],
  ])("come as %s", async (_name, picture, prompt) => {
    await using server = await serveAnswer(200, { data: [picture] });
    await using upstream = createUpstream(server.url);
    expect(await draw(upstream)).toEqual([
      { type: "accepted", jobId: "ig_own1", prompt, negativePrompt: "" },
      { type: "done", image: { kind: "bytes", bytes } },
    ]);
    expect(bodyOf(server.seen.at(-1))).toEqual({
      model: "i",
      prompt: "a cat",
      n: 1,
      response_format: "b64_json",
    });
  });

  test("of a model that refuses the field for bytes are asked for without it", async () => {
    await using server = await serve((seen, response) => {
      if (seen.method === "GET") answerJson(response, 200, models);
      else if (bodyOf(seen)["response_format"] === undefined) {
        answerJson(response, 200, { data: [{ b64_json: bytes.toString("base64") }] });
      } else answerJson(response, 400, { error: { message: "Unknown parameter: 'response_format'." } });
    });
    await using upstream = createUpstream(server.url);
    expect(await draw(upstream)).toHaveLength(2);
  });

  test.each([
    [200, { data: [{ url: "http://elsewhere.example/cat.png" }] }, "upstream-protocol"],
    [200, { data: [] }, "upstream-protocol"],
    [200, "<html>", "upstream-protocol"],
    [400, { error: { message: "Flagged by the content filter" } }, "content-filtered"],
    [402, { error: { message: "pay" } }, "credit-exhausted"],
  ])("%i %j is no picture", async (status, body, kind) => {
    await using server = await serveAnswer(status, body);
    await using upstream = createUpstream(server.url);
    await expect(draw(upstream)).rejects.toMatchObject({ kind });
  });

  test("have no files", async () => {
    await using server = await serveAnswer(200, {});
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    await expect(upstream.pictures?.openImage("a.webp", undefined, forever)).rejects.toMatchObject({
      kind: "not-found",
    });
  });
});

test.each([
  ["openai", true, true],
  ["vllm", true, true],
  ["akashml", false, true],
  ["tgi", false, true],
])("%s has what its rules say", async (type, vectors, texts) => {
  await using server = await serveAnswer(200, {});
  await using upstream = createUpstream(server.url, { type });
  expect(["embed", "continueText"].map((name) => name in upstream)).toEqual([vectors, texts]);
});

test.each([
  ["openai", models, "i"],
  ["openai", { data: [{ id: "m" }, { id: "dall-e-3" }] }, "dall-e-3"],
  ["openai", { data: [{ id: "m" }] }, undefined],
  ["vllm", models, "i"],
  ["sglang", models, "i"],
  ["ollama", models, undefined],
  ["llamacpp", models, undefined],
])("%s with the list %j draws with %s", async (type, list, model) => {
  await using server = await serve((_seen, response) => answerJson(response, 200, list));
  await using upstream = createUpstream(server.url, { type });
  expect(upstream.pictures).toBeUndefined();
  await upstream.listModels(forever);
  expect(upstream.pictures?.defaultModel).toBe(model);
});
