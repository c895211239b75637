/** Pictures of servers with OpenAI's images API, alone and beside Akash Chat, on real sockets. */
import OpenAI from "openai";
import { describe, expect, test } from "vitest";

import { detectPictureFormat } from "../../src/model/picture-format.ts";
import { startSimulator } from "../../src/simulator/index.ts";
import { post } from "../support/post.ts";
import { startOver, type Over, type PlayedUpstream } from "../support/start-over.ts";

const path = "/v1/images/generations";
const model = "flux-dev";
const studio: PlayedUpstream = {
  name: "studio",
  persona: "sglang",
  models: [{ id: "qwen3" }, { id: model, draws: true }],
};
const spare: PlayedUpstream = { ...studio, name: "spare" };
const body = { model, prompt: "a red boat" };

const askedOf = (over: Over, name = "studio") =>
  over
    .server(name)
    .requests.filter((request) => request.path === path)
    .map((request) => request.body);

const isPicture = (bytes: Uint8Array) => detectPictureFormat(bytes) !== undefined;

test("an image model of a server is listed and draws what was said, as it was said", async () => {
  await using over = await startOver([studio]);
  const list = await (await fetch(`${over.url}/v1/models/${model}`)).json();
  expect(list).toMatchObject({ id: model });
  const reply = await post(over.url + path, {
    ...body,
    size: "512x512",
    quality: "hd",
    style: "vivid",
    response_format: "b64_json",
  });
  const [picture] = reply.json().data;
  expect(isPicture(Buffer.from(picture.b64_json, "base64"))).toBe(true);
  expect(picture.revised_prompt).toBe("a red boat");
  expect(reply.headers["x-upstream"]).toBe(`studio/${model}`);
  expect(reply.headers["x-ignored-parameters"]).toBeUndefined();
  expect(askedOf(over)).toEqual([
    {
      model,
      prompt: "a red boat",
      n: 1,
      size: "512x512",
      quality: "hd",
      style: "vivid",
      response_format: "b64_json",
    },
  ]);
});

test("a link leads to the bytes, which the gateway keeps", async () => {
  await using over = await startOver([studio]);
  const reply = await post(over.url + path, { ...body, response_format: "url", output_format: "png" });
  const file = await fetch(reply.json().data[0].url);
  expect([file.status, file.headers.get("content-type")]).toEqual([200, "image/png"]);
  expect(isPicture(new Uint8Array(await file.arrayBuffer()))).toBe(true);
  const [picture] = (await post(over.url + path, body)).json().data;
  expect((await fetch(picture.url)).status).toBe(200);
});

test("the official SDK draws several, whole and streamed", async () => {
  await using over = await startOver([studio]);
  const client = new OpenAI({ baseURL: `${over.url}/v1`, apiKey: "any", maxRetries: 0 });
  const { data } = await client.images.generate({ ...body, n: 2, response_format: "b64_json" });
  expect(data?.map(({ b64_json: bytes }) => isPicture(Buffer.from(bytes ?? "", "base64")))).toEqual([
    true,
    true,
  ]);
  let streamed = 0;
  for await (const event of await client.images.generate({ ...body, stream: true })) {
    if (event.type === "image_generation.completed") streamed += 1;
  }
  expect(streamed).toBe(1);
});

test.each([
  ["no model", undefined],
  ["auto", "auto"],
  ["an alias", "dall-e-3"],
  ["an own name", "painter"],
  ["an upstream's", `studio/${model}`],
])("%s leads to it", async (_name, id) => {
  const file = { models: { painter: [`studio/${model}`] }, aliases: { "dall-e-*": "painter" } };
  await using over = await startOver([studio], { file });
  const reply = await post(over.url + path, { ...body, model: id });
  expect([reply.status, reply.headers["x-upstream"]]).toEqual([200, `studio/${model}`]);
});

test("a chat with it answers with the picture", async () => {
  await using over = await startOver([studio]);
  const reply = await post(`${over.url}/v1/chat/completions`, {
    model,
    messages: [{ role: "user", content: "a red boat" }],
  });
  const url = /^!\[a red boat\]\((.*)\)$/.exec(reply.json().choices[0].message.content)?.[1];
  expect((await fetch(url ?? "")).status).toBe(200);
});

describe("failover", () => {
  test.each([
    ["a server's error", { kind: "error", status: 500 }, "upstream-unavailable"],
    ["no credit", { kind: "error", status: 402 }, "credit-exhausted"],
    ["a limit", { kind: "error", status: 429, headers: { "retry-after": "30" } }, "rate-limited"],
    ["a key that is refused", { kind: "error", status: 401 }, "upstream-unauthorized"],
  ] as const)("%s leads to the next upstream that has the model", async (_name, script, outcome) => {
    await using over = await startOver([studio, spare]);
    over.server("studio").enqueue(script);
    const reply = await post(over.url + path, body);
    expect(reply.status).toBe(200);
    expect(reply.headers["x-upstream-attempts"]).toMatch(
      new RegExp(`^studio/${model};${outcome};\\d+, spare/${model};answered;\\d+$`),
    );
  });

  test("one that rests is not asked for the next picture", async () => {
    await using over = await startOver([studio, spare]);
    over.server("studio").enqueue({ kind: "error", status: 429, headers: { "retry-after": "30" } });
    await post(over.url + path, body);
    await post(over.url + path, body);
    expect([askedOf(over, "studio").length, askedOf(over, "spare").length]).toEqual([1, 2]);
  });

  test("a wrong request goes to nobody else", async () => {
    await using over = await startOver([studio, spare]);
    over.server("studio").enqueue({ kind: "error", status: 400, message: "Invalid size." });
    const reply = await post(over.url + path, { ...body, size: "99999x10" });
    expect(reply.status).toBe(400);
    expect(askedOf(over, "spare")).toEqual([]);
  });
});

describe("beside Akash Chat", () => {
  test("each draws its own, and which settings had an effect is told", async () => {
    await using akash = await startSimulator();
    await using over = await startOver([studio], {
      file: {
        upstreams: [{ name: "web", type: "akash-chat", base_url: akash.url }],
        models: { both: ["web/AkashGen", `studio/${model}`] },
      },
      env: { IMAGE_POLL_MS: "10" },
    });
    const settings = { prompt: "a red boat", size: "512x512", moderation: "low" };
    const drawn = await post(over.url + path, { ...settings, model: "AkashGen" });
    expect([drawn.status, drawn.headers["x-upstream"]]).toEqual([200, "web/AkashGen"]);
    expect(drawn.headers["x-ignored-parameters"]).toBe("moderation, size");
    expect(akash.requests.find((request) => request.path === "/api/chat/")?.body).toMatchObject({
      messages: [{ content: "Generate an image: a red boat" }],
    });

    const streamed = await post(over.url + path, { ...settings, model: "AkashGen", stream: true });
    expect(streamed.headers["x-ignored-parameters"]).toBe("moderation, size");

    akash.enqueue({ error: { kind: "http", status: 500, body: "Internal Server Error" } });
    const other = await post(over.url + path, { ...settings, model: "both" });
    expect([other.status, other.headers["x-upstream"]]).toEqual([200, `studio/${model}`]);
    expect(other.headers["x-ignored-parameters"]).toBe("moderation");
  });
});

test("where nobody draws the answer says what to add", async () => {
  await using over = await startOver([{ name: "studio", persona: "vllm", models: [{ id: "m" }] }]);
  const reply = await post(over.url + path, { prompt: "a red boat" });
  expect([reply.status, reply.json().error.message]).toEqual([
    404,
    expect.stringMatching(/No upstream of this gateway draws\..*gateway\.yaml/),
  ]);
});
