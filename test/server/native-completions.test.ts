/** `/v1/completions` over servers that have the route themselves, and over those that only chat. */
import OpenAI from "openai";
import { describe, expect, test } from "vitest";

import { post, readChunks } from "../support/post.ts";
import { startOver, type Over, type PlayedUpstream } from "../support/start-over.ts";

const path = "/v1/completions";
const model = "base";
const first: PlayedUpstream = {
  name: "first",
  persona: "vllm",
  models: [{ id: model, contextLength: 8192 }],
};
const second: PlayedUpstream = { ...first, name: "second" };
const body = { model, prompt: "Once upon" };

/** What a server was asked to write, by route. */
function askedOf(over: Over, name = "first") {
  return over
    .server(name)
    .requests.filter(({ method }) => method === "POST")
    .map((request) => ({ path: request.path, body: request.body }));
}

describe("a prompt goes raw to a server that goes on with texts", () => {
  test("with all that it takes", async () => {
    await using over = await startOver([first]);
    over.server("first").enqueue({
      kind: "answer",
      text: " a time",
      usage: { promptTokens: 9, completionTokens: 3 },
    });
    const reply = await post(over.url + path, {
      ...body,
      suffix: "The end.",
      stop: ["\n"],
      temperature: 0.5,
      max_tokens: 20,
    });
    expect(reply.json()).toEqual({
      id: expect.stringMatching(/^cmpl-\w+$/),
      object: "text_completion",
      created: expect.any(Number),
      model,
      choices: [{ text: " a time", index: 0, logprobs: null, finish_reason: "stop" }],
      usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
    });
    expect(reply.headers["x-upstream"]).toBe(`first/${model}`);
    expect(askedOf(over)).toEqual([
      {
        path,
        body: {
          model,
          prompt: "Once upon",
          suffix: "The end.",
          stop: ["\n"],
          temperature: 0.5,
          max_tokens: 20,
          stream: true,
          stream_options: { include_usage: true },
        },
      },
    ]);
  });

  test("streamed, by the official SDK, too", async () => {
    await using over = await startOver([first]);
    const client = new OpenAI({ baseURL: `${over.url}/v1`, apiKey: "any", maxRetries: 0 });
    over.server("first").enqueue({ kind: "answer", text: [" a", " time"] });
    const whole = await client.completions.create(body);
    expect(whole.choices[0]?.text).toBe(" a time");
    over.server("first").enqueue({ kind: "answer", text: [" a", " time"] });
    let text = "";
    for await (const chunk of await client.completions.create({ ...body, stream: true })) {
      text += chunk.choices[0]?.text ?? "";
    }
    expect(text).toBe(" a time");
    expect(askedOf(over).map((asked) => asked.path)).toEqual([path, path]);
  });

  test("several prompts and choices keep their order, with echo and usage", async () => {
    await using over = await startOver([first]);
    for (const prompt of ["A", "A", "B", "B"]) {
      over.server("first").enqueue({
        kind: "answer",
        text: prompt.toLowerCase(),
        usage: { promptTokens: 1, completionTokens: 2 },
        when: ({ body: asked }) => (asked as { prompt?: unknown }).prompt === prompt,
      });
    }
    const request = { model, prompt: ["A", "B"], n: 2, echo: true, stream: true };
    const chunks = readChunks(
      (await post(over.url + path, { ...request, stream_options: { include_usage: true } })).text,
    );
    const texts = ["", "", "", ""];
    for (const { choices } of chunks) if (choices.length > 0) texts[choices[0].index] += choices[0].text;
    expect(texts).toEqual(["Aa", "Aa", "Bb", "Bb"]);
    expect(chunks.at(-1).usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 8 });
  });

  test("stop sequences that the server does not keep end the answer all the same", async () => {
    await using over = await startOver([first]);
    over.server("first").enqueue({ kind: "answer", text: "one, two, three, four" });
    const reply = await post(over.url + path, { ...body, stop: ", three" });
    expect(reply.json().choices[0]).toMatchObject({ text: "one, two", finish_reason: "stop" });
  });

  test("usage that nobody tells is estimated by the prompt", async () => {
    await using over = await startOver([first]);
    over.server("first").enqueue({ kind: "answer", text: " a time", usage: null });
    const reply = await post(over.url + path, body);
    expect(reply.json()).toMatchObject({ usage_estimated: true });
    // The instruction of the chat way alone has more.
    expect(reply.json().usage.prompt_tokens).toBeLessThan(12);
  });

  test.each([
    ["nothing", undefined, undefined, 4096],
    ["no limit", undefined, -1, 4096],
    ["more than the window", undefined, 100_000, 8192],
    ["more than the model writes", 300, 1000, 300],
  ])("max_tokens of %s is a limit that fits", async (_name, maxOutputTokens, wanted, most) => {
    const models = [
      { id: model, contextLength: 8192, ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }) },
    ];
    const akashml = { ...first, models, type: "akashml", persona: "akashml" } as const;
    await using over = await startOver([akashml]);
    over.server("first").enqueue({ kind: "answer", text: "x" });
    await post(over.url + path, { ...body, max_tokens: wanted });
    const [asked] = askedOf(over);
    expect(asked?.body).toMatchObject({
      max_tokens: expect.toSatisfy((sent: number) => sent <= most && sent > most * 0.95) as number,
    });
  });
});

describe("a server without the route is asked for a chat", () => {
  test.each([
    ["nothing there", { status: 404, message: "Not Found" }],
    ["a method that is not taken", { status: 405, message: "Method Not Allowed" }],
    ["a model that only chats", { status: 404, message: "This is a chat model and not supported here" }],
  ])("%s, and is not asked for it again", async (_name, refusal) => {
    await using over = await startOver([first]);
    over.server("first").enqueue({ kind: "error", ...refusal });
    for (let round = 0; round < 2; round += 1) {
      over.server("first").enqueue({ kind: "answer", text: " a time" });
      const reply = await post(over.url + path, body);
      expect(reply.json().choices[0].text).toBe(" a time");
    }
    expect(askedOf(over).map((asked) => asked.path)).toEqual([
      path,
      "/v1/chat/completions",
      "/v1/chat/completions",
    ]);
    expect(askedOf(over)[1]?.body).toMatchObject({
      messages: [{ role: "system", content: expect.stringContaining("what comes next") as string }, {}],
    });
    const refused = await post(over.url + path, { ...body, suffix: "The end." });
    expect([refused.status, refused.json().error.param]).toEqual([400, "suffix"]);
  });

  test("a model that is nowhere is so for a chat as well", async () => {
    await using over = await startOver([first]);
    const refusal = { kind: "error", status: 404, message: "The model `base` does not exist." } as const;
    over.server("first").enqueue(refusal);
    over.server("first").enqueue(refusal);
    const reply = await post(over.url + path, body);
    expect([reply.status, reply.json().error.code]).toEqual([404, "model_not_found"]);
    over.server("first").enqueue({ kind: "answer", text: " a time" });
    await post(over.url + path, body);
    expect(askedOf(over).at(-1)?.path).toBe(path);
  });

  test("once for a request, since a chat is another try", async () => {
    await using over = await startOver([first, second]);
    const missing = { kind: "error", status: 404, message: "Not Found" } as const;
    over.server("first").enqueue(missing);
    over.server("first").enqueue({ kind: "error", status: 500 });
    over.server("second").enqueue(missing);
    const reply = await post(over.url + path, body);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(askedOf(over).map((asked) => asked.path)).toEqual([path, "/v1/chat/completions"]);
    expect(askedOf(over, "second").map((asked) => asked.path)).toEqual([path]);
  });

  test("not with a suffix, which a chat can't keep", async () => {
    await using over = await startOver([first]);
    over.server("first").enqueue({ kind: "error", status: 404, message: "Not Found" });
    const reply = await post(over.url + path, { ...body, suffix: "The end." });
    expect(reply.status).toBe(400);
    expect(askedOf(over)).toHaveLength(1);
  });
});

describe("failover", () => {
  test.each([
    ["a server's error", { kind: "error", status: 500 }],
    ["no credit", { kind: "error", status: 402 }],
    ["a reset", { kind: "reset" }],
  ] as const)("%s leads to the next upstream", async (_name, script) => {
    await using over = await startOver([first, second]);
    over.server("first").enqueue(script);
    over.server("second").enqueue({ kind: "answer", text: " a time" });
    const reply = await post(over.url + path, body);
    expect(reply.json().choices[0].text).toBe(" a time");
    expect(reply.headers["x-upstream-attempts"]).toMatch(
      new RegExp(`^first/${model};.*, second/${model};answered;`),
    );
    expect(askedOf(over).filter((asked) => asked.path !== path)).toEqual([]);
  });

  test("a wrong request leads nowhere", async () => {
    await using over = await startOver([first, second]);
    over.server("first").enqueue({ kind: "error", status: 400, message: "suffix is not supported" });
    const reply = await post(over.url + path, { ...body, suffix: "The end." });
    expect(reply.status).toBe(400);
    expect(askedOf(over, "second")).toEqual([]);
  });

  test("what breaks off in the middle is an error, and nobody goes on with it", async () => {
    await using over = await startOver([first, second]);
    over.server("first").enqueue({ kind: "answer", text: [" a", " time"], breaks: { how: "reset" } });
    const reply = await post(over.url + path, { ...body, stream: true });
    expect(reply.text).toMatch(/"text":" a( time)?"/);
    expect(reply.text).toMatch(/data: \{"error":\{.*"code":"upstream_truncated"\}\}\n\n$/);
    expect(reply.text).not.toContain("[DONE]");
    expect(askedOf(over, "second")).toEqual([]);
  });
});
