/** The contract that the gateway took over from its predecessor: a test for every row, each through real sockets. */
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

import { readConfig } from "../src/config.ts";
import { get, post, readChunks, readData, send } from "./support/post.ts";
import { startPrefixProxy } from "./support/start-prefix-proxy.ts";
import { startStack } from "./support/start-stack.ts";

const path = "/v1/chat/completions";
const model = "Meta-Llama-3-3-70B-Instruct";
const messages = [{ role: "user", content: "Hi" }];

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("server", () => {
  test("S1 listens on SERVER_ADDRESS, localhost:16571 by default", async () => {
    expect(readConfig({}).SERVER_ADDRESS).toEqual({ host: "localhost", port: 16_571 });
    const port = await findFreePort();
    await using stack = await startStack({ env: { SERVER_ADDRESS: `127.0.0.1:${port}` } });
    expect(stack.url).toBe(`http://127.0.0.1:${port}`);
    expect((await get(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  });

  test("S2 talks to AKASH_BASE_URL alone, with its path prefix and in spite of a slash at its end", async () => {
    expect(readConfig({}).AKASH_BASE_URL).toBe("https://chat.akash.network");
    await using stack = await startStack();
    await using proxy = await startPrefixProxy(stack.simulator.url, "/akash");
    await using prefixed = await startStack({ env: { AKASH_BASE_URL: `${proxy.url}/akash/` } });
    stack.simulator.enqueue({ text: "Hello" });
    const chat = await post(prefixed.url + path, { model, messages });
    expect(chat.json().choices[0].message.content).toBe("Hello");
    stack.simulator.enqueue({ image: { prompt: "a cat" } });
    const picture = await post(prefixed.url + path, { model: "AkashGen", messages });
    expect((await get(picture.json().data.pic)).status).toBe(200);
    expect((await get(`${prefixed.url}/v1/models`)).json().data.length).toBeGreaterThan(0);
    for (const part of [
      "/api/auth/session",
      "/api/chat",
      "/api/models",
      "/api/image-status",
      "/api/image/",
    ]) {
      expect([...proxy.paths].join(" ")).toContain(`/akash${part}`);
    }
    expect(prefixed.simulator.requests).toEqual([]);
  });

  test("S3 BEARER_TOKEN is wanted on every /v1 route, and nowhere when empty", async () => {
    await using open = await startStack();
    expect((await get(`${open.url}/v1/models`)).status).toBe(200);

    await using guarded = await startStack({ env: { BEARER_TOKEN: "k" } });
    const routes = [
      ["POST", path],
      ["POST", "/v1/completions"],
      ["POST", "/v1/responses"],
      ["GET", "/v1/responses/resp_1"],
      ["POST", "/v1/images/generations"],
      ["POST", "/v1/messages"],
      ["POST", "/v1/messages/count_tokens"],
      ["GET", "/v1/models"],
      ["GET", `/v1/models/${model}`],
    ] as const;
    for (const [method, route] of routes) {
      expect((await send(method, guarded.url + route, null)).status, route).toBe(401);
      const authorization = { authorization: "Bearer k" };
      expect((await send(method, guarded.url + route, null, authorization)).status, route).not.toBe(401);
    }
  });

  test("S4 any origin may call the API from a browser, preflight included", async () => {
    await using stack = await startStack({ env: { BEARER_TOKEN: "k" } });
    const preflight = await send("OPTIONS", stack.url + path, null, {
      origin: "https://any.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type",
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers["access-control-allow-origin"]).toBe("*");
    expect(preflight.headers["access-control-allow-headers"]).toBe("authorization,content-type");
    const reply = await post(
      stack.url + path,
      { model, messages, stream: true },
      { origin: "https://any.example", authorization: "Bearer k" },
    );
    expect(reply.headers["access-control-allow-origin"]).toBe("*");
  });

  test("S5 GET /health answers without authentication and without the upstream", async () => {
    await using stack = await startStack({ env: { BEARER_TOKEN: "k" } });
    const reply = await get(`${stack.url}/health`);
    expect(reply.status).toBe(200);
    expect(reply.json()).toMatchObject({ status: "ok", message: "akashchat-api is running" });
    expect(stack.simulator.requests).toEqual([]);
  });

  test("S6 the container listens on 0.0.0.0:16571", () => {
    const dockerfile = fileURLToPath(new URL("../Dockerfile", import.meta.url));
    expect(existsSync(dockerfile)).toBe(true);
    expect(readFileSync(dockerfile, "utf8")).toMatch(/SERVER_ADDRESS[= ]"?0\.0\.0\.0:16571/);
  });
});

describe("POST /v1/chat/completions", () => {
  test("C1 takes messages, model, temperature, topP or top_p, and stream, with the documented defaults", async () => {
    await using stack = await startStack();
    const sent = async (fields: object) => {
      const index = stack.simulator.chats.length;
      await post(stack.url + path, { model, messages, ...fields });
      return stack.simulator.chats[index]?.body;
    };
    expect(await sent({})).toMatchObject({ model, temperature: 0.85, topP: 1 });
    expect(await sent({ temperature: 0.3, topP: 0.4 })).toMatchObject({ temperature: 0.3, topP: 0.4 });
    expect(await sent({ temperature: 2, top_p: 0.6 })).toMatchObject({ temperature: 2, topP: 0.6 });
    expect((await post(stack.url + path, { model, messages, temperature: 2.5 })).status).toBe(400);
    const whole = await post(stack.url + path, { model, messages });
    expect(whole.headers["content-type"]).toMatch(/^application\/json/);
  });

  test("C2 a message has the role user, assistant or system, and content", async () => {
    await using stack = await startStack();
    const turns = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "One?" },
      { role: "assistant", content: "Two." },
      { role: "user", content: "Three?" },
    ];
    await post(stack.url + path, { model, messages: turns });
    const body = stack.simulator.chats[0]?.body as { system: string; messages: object[] };
    expect(body.system).toContain("Be brief.");
    expect(body.messages).toMatchObject(turns.slice(1));
  });

  test("C3 without stream: a chat.completion object", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "Hello!", usage: { promptTokens: 11, completionTokens: 3 } });
    const reply = await post(stack.url + path, { model, messages });
    expect(reply.status).toBe(200);
    expect(reply.json()).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-\w+$/),
      object: "chat.completion",
      created: expect.any(Number),
      model,
      choices: [{ index: 0, message: { role: "assistant", content: "Hello!" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 },
    });
  });

  test("C4 with stream: chunks, the first with the role, the last with the finish reason, then [DONE]", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: ["Hel", "lo!"] });
    const reply = await post(stack.url + path, { model, messages, stream: true });
    expect(reply.headers["content-type"]).toMatch(/^text\/event-stream/);
    expect(readData(reply.text).at(-1)).toBe("[DONE]");
    const chunks = readChunks(reply.text);
    expect(
      chunks.every((chunk) => chunk.object === "chat.completion.chunk" && chunk.id.startsWith("chatcmpl-")),
    ).toBe(true);
    expect(chunks[0].choices[0].delta.role).toBe("assistant");
    expect(chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join("")).toBe("Hello!");
    expect(chunks.map((chunk) => chunk.choices[0].finish_reason)).toEqual([
      ...chunks.slice(1).map(() => null),
      "stop",
    ]);
  });

  test("C5 AkashGen makes an image, in the old form and as a completion with a Markdown picture", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ image: { prompt: 'a cat\'s "hat", softly lit', jobId: "4f1c" } });
    const reply = await post(stack.url + path, {
      model: "AkashGen",
      messages: [{ role: "user", content: "a cat" }],
    });
    expect(reply.status).toBe(200);
    const body = reply.json();
    expect(body).toMatchObject({
      code: 200,
      data: {
        model: "AkashGen",
        jobId: "4f1c",
        prompt: 'a cat\'s "hat", softly lit',
        pic: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\//),
      },
      object: "chat.completion",
      choices: [{ message: { role: "assistant" }, finish_reason: "stop" }],
    });
    expect(body.choices[0].message.content).toMatch(/^!\[.*\]\(http.*\)/s);
    expect(body.choices[0].message.content).toContain(`](${body.data.pic})`);
    const picture = await get(body.data.pic);
    expect([picture.status, picture.headers["content-type"]]).toEqual([
      200,
      expect.stringMatching(/^image\//),
    ]);
  });

  test("C6 Unicode survives in both directions, whatever the network cuts", async () => {
    const words = 'é 🙂 👩‍👩‍👧 日本語 \u2028 \u0000 ￿ "\\ </think';
    await using stack = await startStack();
    for (const chunkBytes of [1, 2, 3, 5, 1000]) {
      for (const stream of [false, true]) {
        stack.simulator.enqueue({ text: words, chunkBytes });
        const reply = await post(stack.url + path, {
          model,
          stream,
          messages: [{ role: "user", content: words }],
        });
        const text = stream
          ? readChunks(reply.text)
              .map((chunk) => chunk.choices[0].delta.content ?? "")
              .join("")
          : reply.json().choices[0].message.content;
        expect(text).toBe(words);
        const sent = stack.simulator.chats.at(-1)?.body as { messages: { content: string }[] };
        expect(sent.messages.at(-1)?.content).toBe(words);
      }
    }
  });
});

/** A model as row M1 has it. */
const entry = (id: string) => ({
  id,
  object: "model",
  created: 1_626_777_600,
  owned_by: "Akash Network",
  permission: null,
  root: id,
  parent: null,
});

test("M1 GET /v1/models lists what the upstream offers now, in the documented form", async () => {
  await using stack = await startStack({ env: { MODELS_CACHE_MS: "0" } });
  stack.simulator.setModels([{ id: "One", tokenLimit: 4000 }, { id: "org/Two" }]);
  const body = (await get(`${stack.url}/v1/models`)).json();
  expect(body).toMatchObject({ object: "list", data: [entry("One"), entry("org/Two")] });
  stack.simulator.setModels([{ id: "Three" }]);
  expect((await get(`${stack.url}/v1/models`)).json().data).toMatchObject([entry("Three")]);
});

describe("errors", () => {
  test("E1 an error body is the old form and OpenAI's in one object", async () => {
    await using stack = await startStack();
    const replies = [
      await post(stack.url + path, {}),
      await post(`${stack.url}/v1/completions`, {}),
      await post(`${stack.url}/v1/images/generations`, {}),
      await get(`${stack.url}/v1/models/none`),
      await get(`${stack.url}/v1/nowhere`),
    ];
    for (const reply of replies) {
      const body = reply.json();
      expect(body.code).toBe(reply.status);
      expect(typeof body.data.msg).toBe("string");
      expect(Object.keys(body.error).sort()).toEqual(["code", "message", "param", "type"]);
    }
  });

  test.each([
    ['{"model": "x", "messages": [}', /JSON/],
    [JSON.stringify({ messages }), /'model'/],
    [JSON.stringify({ model }), /'messages'/],
    [JSON.stringify({ model, messages: "Hi" }), /'messages'/],
    [JSON.stringify({ model, messages: [{ role: "user", content: 1 }] }), /'messages\[0\]\.content'/],
    [JSON.stringify({ model, messages, temperature: "hot" }), /'temperature'/],
  ])("E2 400 for %s names what is wrong", async (body, words) => {
    await using stack = await startStack();
    const reply = await post(stack.url + path, body);
    expect(reply.status).toBe(400);
    expect(reply.json().data.msg).toMatch(words);
    expect(reply.json().error.message).toMatch(words);
    expect(stack.simulator.chats).toEqual([]);
  });

  test("E3 an unknown model is 500 Error Model. on chat completions, and 404 elsewhere", async () => {
    await using stack = await startStack();
    for (const stream of [false, true]) {
      const reply = await post(stack.url + path, { model: "gpt-99", messages, stream });
      expect(reply.status).toBe(500);
      expect(reply.json()).toMatchObject({
        code: 500,
        data: { msg: "Error Model." },
        error: { code: "model_not_found" },
      });
      expect(reply.headers["x-should-retry"]).toBe("false");
    }
    for (const [route, body] of [
      ["/v1/completions", { prompt: "Hi" }],
      ["/v1/responses", { input: "Hi" }],
      ["/v1/messages", { messages, max_tokens: 5 }],
    ] as const) {
      expect((await post(stack.url + route, { model: "gpt-99", ...body })).status, route).toBe(404);
    }
  });

  test("E4 401 for a missing or wrong token", async () => {
    await using stack = await startStack({ env: { BEARER_TOKEN: "k" } });
    for (const headers of [{}, { authorization: "Bearer wrong" }]) {
      const reply = await post(stack.url + path, { model, messages }, headers);
      expect([reply.status, reply.json().code, reply.json().error.code]).toEqual([
        401,
        401,
        "invalid_api_key",
      ]);
    }
  });

  test.each([
    ["its usage limit", { kind: "usage" as const }, 402],
    ["a limit of seconds", { kind: "http" as const, status: 429, headers: { "retry-after": "7" } }, 429],
    ["a page of its CDN", { kind: "html" as const }, 502],
    ["an empty reply", { kind: "empty" as const }, 502],
    ["a failing front", { kind: "http" as const, status: 503, body: "no healthy upstream" }, 502],
    ["a failing back end", { kind: "three" as const, message: "Service unavailable" }, 502],
    ["a dead connection", { kind: "refuse" as const }, 502],
  ])("E5 %s is an error with its status, streaming or not", async (_name, error, status) => {
    await using stack = await startStack();
    for (const stream of [false, true]) {
      // Twice over: a failure that may be repeated is.
      for (let times = 0; times < 4; times += 1) stack.simulator.enqueue({ error });
      const reply = await post(stack.url + path, { model, messages, stream });
      expect([502, 503, 504].includes(reply.status) ? 502 : reply.status).toBe(status);
      expect(reply.json().error.message.length).toBeGreaterThan(10);
      if (status < 500) expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
    }
  });

  test.each([
    ["cut", { kind: "cut" as const, afterDeltas: 2 }],
    ["ended early", { kind: "early-end" as const, afterDeltas: 2 }],
    ["broken off with an error", { kind: "mid" as const, message: "boom", afterDeltas: 2 }],
  ])("E5 an answer that is %s is never a whole one", async (_name, error) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: ["Once ", "upon ", "a time"], error });
    const streamed = await post(stack.url + path, { model, messages, stream: true });
    expect(streamed.text).not.toContain("[DONE]");
    expect(streamed.text).not.toContain('"finish_reason":"stop"');
    expect(JSON.parse(readData(streamed.text).at(-1) ?? "")).toMatchObject({
      error: { type: "server_error" },
    });
    stack.simulator.enqueue({ text: ["Once ", "upon ", "a time"], error });
    expect((await post(stack.url + path, { model, messages })).status).toBeGreaterThanOrEqual(500);
  });
});

describe("sessions", () => {
  test("N1 the session is the gateway's own business", async () => {
    await using stack = await startStack();
    for (let times = 0; times < 3; times += 1) {
      const reply = await post(stack.url + path, { model, messages });
      expect(reply.status).toBe(200);
      expect(reply.headers["set-cookie"]).toBeUndefined();
    }
    expect(stack.simulator.sessionsIssued).toBe(1);
    expect(stack.simulator.chats[0]?.headers.cookie).toMatch(/session_token=/);
  });

  test("N2 200 first requests at once fetch one session", async () => {
    await using stack = await startStack();
    const replies = await Promise.all(
      Array.from({ length: 200 }, () => post(stack.url + path, { model, messages, stream: true })),
    );
    expect(replies.filter((reply) => reply.status !== 200 || !reply.text.includes("[DONE]"))).toEqual([]);
    expect(stack.simulator.sessionsIssued).toBe(1);
  });

  test("N3 an expired session is renewed and the request repeated, unseen", async () => {
    await using stack = await startStack();
    expect((await post(stack.url + path, { model, messages })).status).toBe(200);
    stack.simulator.expireSessions();
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => post(stack.url + path, { model, messages })),
    );
    expect(replies.map((reply) => reply.status)).toEqual(replies.map(() => 200));
    expect(stack.simulator.sessionsIssued).toBe(2);
  });
});
