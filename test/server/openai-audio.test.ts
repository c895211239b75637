/** Audio by the real gateway over played servers, on real sockets. */
import { Readable } from "node:stream";

import { createOpenAI } from "@ai-sdk/openai";
import { generateSpeech, transcribe } from "ai";
import OpenAI, { toFile } from "openai";
import { describe, expect, test } from "vitest";
import { request } from "undici";

import { soundOf, wordsOf } from "../../src/simulator/compatible/audio-route.ts";
import { createGate } from "../support/gate.ts";
import { type AnyJson, get, post } from "../support/post.ts";
import { startOver, type PlayedUpstream } from "../support/start-over.ts";
import { startStack } from "../support/start-stack.ts";

const hearing = "openai/whisper-large-v3";
const speaking = "hexgrad/Kokoro-82M";
const sounds: PlayedUpstream = {
  name: "sounds",
  persona: "vllm",
  models: [{ id: hearing, audio: "transcription" }, { id: speaking, audio: "speech" }, { id: "qwen3" }],
};
const spare: PlayedUpstream = { ...sounds, name: "spare" };

/** Bytes of every value, line ends and boundaries among them. */
const recording = new Uint8Array(100_000).map((_, at) => (at * 7) % 256);
const words = wordsOf(recording);

function formOf(
  fields: Readonly<Record<string, string>>,
  file: Uint8Array<ArrayBuffer> = recording,
): FormData {
  const form = new FormData();
  form.append("file", new Blob([file], { type: "audio/wav" }), "speech.wav");
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

function send(url: string, form: FormData, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { method: "POST", body: form, ...init });
}

const transcriptions = "/v1/audio/transcriptions";
const speech = "/v1/audio/speech";
const error = (status: number, message: string) => ({ kind: "error", status, message }) as const;

describe("a recording", () => {
  test("goes to the upstream as it is, with all fields, and its transcript comes back", async () => {
    await using over = await startOver([sounds]);
    const reply = await send(
      over.url + transcriptions,
      formOf({ model: "whisper-large-v3", language: "en" }),
    );
    expect(reply.status).toBe(200);
    expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(reply.headers.get("x-upstream")).toBe(`sounds/${hearing}`);
    expect(await reply.json()).toMatchObject({ text: `${words} (en)`, usage: { type: "tokens" } });
    const [asked] = over.server("sounds").requests.filter(({ path }) => path === transcriptions);
    expect(asked?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    const sent = String(asked?.body);
    expect(sent).toContain(`name="model"\r\n\r\n${hearing}\r\n`);
    expect(sent).toContain('filename="speech.wav"\r\nContent-Type: audio/wav');
  });

  test.each([
    ["text", `${words}\n`, "text/plain; charset=utf-8"],
    ["srt", expect.stringContaining(`--> 00:00:02,000\n${words}`), "text/plain; charset=utf-8"],
    ["verbose_json", expect.stringContaining('"segments":['), "application/json; charset=utf-8"],
  ])("is written down as %s", async (format, text, type) => {
    await using over = await startOver([sounds]);
    const reply = await send(over.url + transcriptions, formOf({ model: hearing, response_format: format }));
    expect(reply.headers.get("content-type")).toBe(type);
    expect(reply.headers.get("x-usage-estimated")).toBe("true");
    expect(await reply.text()).toEqual(text);
  });

  test("is translated, and without a model read by the first that is listed", async () => {
    await using over = await startOver([sounds]);
    for (const model of [{}, { model: "auto" }]) {
      const reply = await send(`${over.url}/v1/audio/translations`, formOf(model));
      expect(await reply.json()).toMatchObject({ text: `In English: ${words}` });
    }
  });

  test("is streamed event by event", async () => {
    await using over = await startOver([sounds]);
    const gate = createGate();
    over.server("sounds").enqueueAt(transcriptions, {
      kind: "raw",
      headers: { "content-type": "text/event-stream" },
      body: [
        'data: {"type":"transcript.text.delta","delta":"One "}\n\n',
        gate.promise,
        'data: {"type":"transcript.text.done","text":"One two","usage":{"input_tokens":7,"output_tokens":2}}\n\n',
      ],
    });
    const reply = await send(over.url + transcriptions, formOf({ model: hearing, stream: "true" }));
    expect(reply.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(reply.headers.get("cache-control")).toBe("no-cache, no-transform");
    const reader = (reply.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader.read()).value ?? "";
    expect(text).toContain("One ");
    expect(text).not.toContain("done");
    gate.open();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) text += piece.value;
    expect(text).toContain("transcript.text.done");
  });

  test("that is asked for again elsewhere is sent again whole", async () => {
    await using over = await startOver([sounds, spare]);
    over.server("sounds").enqueueAt(transcriptions, error(503, "overloaded"));
    const reply = await send(over.url + transcriptions, formOf({ model: hearing }));
    expect(await reply.json()).toMatchObject({ text: words });
    expect(reply.headers.get("x-upstream")).toBe(`spare/${hearing}`);
    expect(reply.headers.get("x-upstream-attempts")).toMatch(/^sounds\/.*, spare\/.*;answered/);
  });
});

describe("a text", () => {
  test("is spoken: the sound passes as it is", async () => {
    await using over = await startOver([sounds]);
    const reply = await fetch(over.url + speech, {
      method: "POST",
      body: JSON.stringify({
        model: "kokoro-82m",
        input: "Ahoj",
        voice: "alloy",
        response_format: "wav",
        lang: "cs",
      }),
    });
    expect(reply.headers.get("content-type")).toBe("audio/wav");
    expect(Buffer.from(await reply.arrayBuffer())).toEqual(soundOf("Ahoj"));
    const [asked] = over.server("sounds").requests.filter(({ path }) => path === speech);
    // What OpenAI's API has not is the upstream's to judge.
    expect(asked?.body).toEqual({
      model: speaking,
      input: "Ahoj",
      voice: "alloy",
      response_format: "wav",
      lang: "cs",
    });
  });

  test("is spoken as events", async () => {
    await using over = await startOver([sounds]);
    const reply = await post(over.url + speech, { model: speaking, input: "Hello", stream_format: "sse" });
    const events = reply.text
      .trim()
      .split("\n\n")
      .map((frame): AnyJson => JSON.parse(frame.slice("data: ".length)));
    const sound = events.flatMap(({ audio }) => (audio === undefined ? [] : [Buffer.from(audio, "base64")]));
    expect(Buffer.concat(sound)).toEqual(soundOf("Hello"));
    expect(events.at(-1)).toMatchObject({ type: "speech.audio.done" });
  });

  test("whose sound breaks off breaks the connection; events end with an error", async () => {
    await using over = await startOver([sounds]);
    const server = over.server("sounds");
    const cut = (type: string, text: string) =>
      server.enqueueAt(speech, {
        kind: "raw",
        headers: { "content-type": type },
        body: [text],
        ending: "cut",
      });
    cut("audio/mpeg", "sound");
    const broken = await fetch(over.url + speech, {
      method: "POST",
      body: JSON.stringify({ model: speaking, input: "Hello" }),
    });
    expect(broken.status).toBe(200);
    await expect(broken.arrayBuffer()).rejects.toThrow();
    cut("text/event-stream", "data: {}\n\n");
    const events = await post(over.url + speech, { model: speaking, input: "Hello", stream_format: "sse" });
    expect(events.text).toMatch(/^data: \{\}\n\n.*data: \{"error":\{"message":/s);
  });

  test("ends at the upstream when its client leaves", async () => {
    await using over = await startOver([sounds]);
    const never = createGate();
    over.server("sounds").enqueueAt(speech, {
      kind: "raw",
      headers: { "content-type": "audio/mpeg" },
      body: ["sound", never.promise, "more"],
    });
    const leaving = new AbortController();
    const reply = await fetch(over.url + speech, {
      method: "POST",
      body: JSON.stringify({ model: speaking, input: "Hello" }),
      signal: leaving.signal,
    });
    expect(reply.status).toBe(200);
    leaving.abort();
    const [asked] = over.server("sounds").requests.filter(({ path }) => path === speech);
    expect(await asked?.closed).toBe("client-left");
    await expect.poll(() => over.gateway.running()).toBe(0);
    never.open();
  });

  test("for which the upstream gives no sound is an error", async () => {
    await using over = await startOver([sounds]);
    for (const headers of [{ "content-type": "text/html" }, { "content-type": "audio/mpeg" }]) {
      over.server("sounds").enqueueAt(speech, { kind: "raw", headers, body: "" });
      const reply = await post(over.url + speech, { model: speaking, input: "Hello" });
      expect(reply.status).toBe(502);
      expect(reply.json().error.code).toBe("upstream_protocol");
    }
  });
});

describe("a wrong request", () => {
  const form = (fields: Readonly<Record<string, string>>) => ({ body: formOf(fields) });
  const twice = formOf({ model: hearing });
  twice.append("file", new Blob(["x"]), "more.wav");
  const other = formOf({ model: hearing });
  other.append("picture", new Blob(["x"]), "x.png");
  const noFile = new FormData();
  noFile.append("model", hearing);
  const textFile = new FormData();
  textFile.append("file", "words");
  test.each<[name: string, init: RequestInit, status: number, param: string | null, says: RegExp]>([
    ["no form", { body: "{}" }, 400, null, /multipart\/form-data/],
    [
      "a form without a boundary",
      { body: "x", headers: { "content-type": "multipart/form-data" } },
      400,
      null,
      /boundary/,
    ],
    [
      "a form that ends too soon",
      { body: "--b\r\n", headers: { "content-type": "multipart/form-data; boundary=b" } },
      400,
      null,
      /ends too soon/,
    ],
    ["no file", { body: noFile }, 400, "file", /missing/],
    ["a text in place of a file", { body: textFile }, 400, "file", /filename/],
    ["an empty file", { body: formOf({}, new Uint8Array()) }, 400, "file", /empty/],
    ["two files", { body: twice }, 400, "file", /more than once/],
    ["another file", { body: other }, 400, "picture", /only 'file'/],
    ["an odd stream", form({ model: hearing, stream: "perhaps" }), 400, "stream", /true or false/],
    ["an unknown model", form({ model: "whisper-9" }), 404, "model", /Transcription models: openai\/whisper/],
    ["a model that speaks", form({ model: speaking }), 400, "model", /reads no speech/],
  ])("%s is refused", async (_name, init, status, param, says) => {
    await using over = await startOver([sounds]);
    const reply = await fetch(over.url + transcriptions, { method: "POST", ...init });
    expect(reply.status).toBe(status);
    const { error: told }: AnyJson = await reply.json();
    expect(told).toMatchObject({ param, message: expect.stringMatching(says) });
  });

  test.each<[body: object, param: string, says: RegExp]>([
    [{ model: speaking }, "input", /missing/],
    [{ model: speaking, input: "" }, "input", /text/],
    [{ model: speaking, input: "x", speed: "fast" }, "speed", /number/],
    [{ model: speaking, input: "x", stream_format: "midi" }, "stream_format", /sse/],
    [{ model: hearing, input: "x" }, "model", /does not speak.*Speech models: hexgrad/],
  ])("%j is not spoken", async (body, param, says) => {
    await using over = await startOver([sounds]);
    const reply = await post(over.url + speech, body);
    expect(reply.status).toBe(400);
    expect(reply.json().error).toMatchObject({ param, message: expect.stringMatching(says) });
  });

  test("larger than a body may be is 413, and asks nobody", async () => {
    await using over = await startOver([sounds], { env: { BODY_LIMIT_BYTES: "50000" } });
    const { body, statusCode } = await request(over.url + transcriptions, {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=b" },
      body: `--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n${"x".repeat(60_000)}\r\n--b--`,
      reset: true,
    });
    expect(statusCode).toBe(413);
    expect(await body.text()).toContain("BODY_LIMIT_BYTES");
    expect(over.server("sounds").requests.filter(({ path }) => path === transcriptions)).toEqual([]);
  });

  test("that says that it will be larger is 413 before it has come", async () => {
    await using over = await startOver([sounds], { env: { BODY_LIMIT_BYTES: "50000" } });
    const never = createGate();
    const { body, statusCode } = await request(over.url + transcriptions, {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=b", "content-length": "50001" },
      body: Readable.from(
        (async function* () {
          yield "--b\r\n";
          await never.promise;
        })(),
      ),
      reset: true,
    });
    expect(statusCode).toBe(413);
    expect(await body.text()).toContain("BODY_LIMIT_BYTES");
    never.open();
  });

  test("that ends within a recording is refused, and the gateway goes on", async () => {
    await using over = await startOver([sounds]);
    const init = {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=b" },
      body: '--b\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF',
    };
    const cut = await fetch(over.url + transcriptions, init);
    expect(cut.status).toBe(400);
    expect(await cut.text()).toContain("ends too soon");
    expect((await send(over.url + transcriptions, formOf({ model: hearing }))).status).toBe(200);
  });

  test("that the upstream refuses is refused in its words", async () => {
    await using over = await startOver([sounds]);
    over.server("sounds").enqueueAt(transcriptions, error(400, "Invalid file format."));
    const reply = await send(over.url + transcriptions, formOf({ model: hearing }));
    expect(reply.status).toBe(400);
    expect(await reply.text()).toContain("Invalid file format.");
  });

  test("where no upstream has audio says what to add", async () => {
    await using stack = await startStack();
    const spoken = await post(stack.url + speech, { input: "Hi" });
    const heard = await send(stack.url + transcriptions, formOf({}));
    for (const { status, told } of [
      { status: spoken.status, told: spoken.text },
      { status: heard.status, told: await heard.text() },
    ]) {
      expect(status).toBe(404);
      expect(told).toMatch(/COMPATIBLE_BASE_URL/);
    }
  });
});

test("models that hear or speak are listed as what they are, and write nothing", async () => {
  await using over = await startOver([sounds]);
  const { data } = (await get(`${over.url}/v1/models`)).json();
  const types = data.map(({ id, type }: AnyJson) => [id, type]);
  expect(types).toEqual(
    expect.arrayContaining([
      [hearing, "transcription"],
      [speaking, "speech"],
      ["qwen3", "chat"],
    ]),
  );
  const chat = await post(`${over.url}/v1/chat/completions`, {
    model: hearing,
    messages: [{ role: "user", content: "Hi" }],
  });
  expect(chat.json().error.message).toContain("POST /v1/audio/transcriptions");
});

test("what was asked is noted with what it took", async () => {
  await using over = await startOver([sounds], { env: { ADMIN_TOKEN: "admin" } });
  const headers = { authorization: "Bearer admin" };
  await send(over.url + transcriptions, formOf({ model: hearing }), { headers });
  await post(over.url + speech, { model: speaking, input: "Hello there" }, headers);
  const { data } = (await get(`${over.url}/admin/v1/requests`, headers)).json();
  expect(data).toMatchObject([
    { dialect: "openai-audio", model: speaking, status: 200, estimated: true },
    { dialect: "openai-audio", model: hearing, status: 200, input_tokens: 1000, estimated: false },
  ]);
});

test("a key may hear or speak by what it may, and pays for it", async () => {
  await using over = await startOver([sounds], { env: { ADMIN_TOKEN: "admin" } });
  const admin = { authorization: "Bearer admin" };
  async function createKey(body: object) {
    const made = await post(`${over.url}/admin/v1/keys`, { name: "k", ...body }, admin);
    return { authorization: `Bearer ${made.json().key}` };
  }
  const form = () => formOf({ model: hearing });
  const hears = await createKey({ models: ["openai/*"], dialects: ["openai-audio"] });
  expect((await send(over.url + transcriptions, form(), { headers: hears })).status).toBe(200);
  expect((await post(over.url + speech, { model: speaking, input: "Hi" }, hears)).status).toBe(403);
  const chats = await createKey({ dialects: ["openai-chat"] });
  expect((await send(over.url + transcriptions, form(), { headers: chats })).status).toBe(403);
  const poor = await createKey({ budget: { tokens: 1500, period: "day" } });
  const { status } = await send(over.url + transcriptions, form(), { headers: poor });
  const usage = (await get(`${over.url}/v1/usage`, poor)).json();
  expect(status).toBe(200);
  // What the upstream counted, in place of what was reserved.
  expect(JSON.stringify(usage)).toMatch(/"used":10[0-4]\d\b/);
  expect(
    (
      await send(over.url + transcriptions, formOf({ model: hearing }, new Uint8Array(600_000)), {
        headers: poor,
      })
    ).status,
  ).toBe(402);
});

const file = () => toFile(recording, "speech.wav");

describe("SDKs", () => {
  test("openai", async () => {
    await using over = await startOver([sounds]);
    const { audio } = new OpenAI({ baseURL: `${over.url}/v1`, apiKey: "any", maxRetries: 0 });
    expect(await audio.transcriptions.create({ file: await file(), model: hearing })).toMatchObject({
      text: words,
    });
    const stream = await audio.transcriptions.create({ file: await file(), model: hearing, stream: true });
    const events = [];
    for await (const event of stream) events.push(event);
    expect(events.at(-1)).toMatchObject({ type: "transcript.text.done", text: words });
    const translated = await audio.translations.create({ file: await file(), model: hearing });
    expect(translated).toMatchObject({ text: `In English: ${words}` });
    const spoken = await audio.speech.create({ model: speaking, voice: "alloy", input: "Ahoj" });
    expect(Buffer.from(await spoken.arrayBuffer())).toEqual(soundOf("Ahoj"));
  });

  test("the AI SDK", async () => {
    await using over = await startOver([sounds]);
    const provider = createOpenAI({ baseURL: `${over.url}/v1`, apiKey: "any" });
    const heard = await transcribe({ model: provider.transcription(hearing), audio: recording });
    expect(heard.text).toBe(words);
    const spoken = await generateSpeech({ model: provider.speech(speaking), text: "Ahoj" });
    expect(Buffer.from(spoken.audio.uint8Array)).toEqual(soundOf("Ahoj"));
  });
});
