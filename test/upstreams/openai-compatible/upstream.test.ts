/** The upstream over real sockets: what is sent, how it fails, and that it leaves at once. */
import type { ServerResponse } from "node:http";

import { describe, expect, test } from "vitest";

import { GatewayError } from "../../../src/errors.ts";
import type { Upstream } from "../../../src/upstreams/upstream.ts";
import { createGate } from "../akash-chat/support/create-gate.ts";
import { createManualTimers } from "../akash-chat/support/manual-timers.ts";
import { answerJson, serve } from "../akash-chat/support/serve.ts";
import { frame, serveRaw } from "../akash-chat/support/serve-raw.ts";
import {
  ask,
  createUpstream,
  createWatch,
  forever,
  frames,
  hello,
  ping,
  readAll,
  toRequest,
} from "./create-upstream.ts";
import { textOf } from "./read-case.ts";
import { streamOf } from "../../support/sources.ts";

const streamHeaders = { "content-type": "text/event-stream" };

function answer(response: ServerResponse, text = hello): void {
  response.writeHead(200, streamHeaders).end(text);
}

function failureOf(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  throw new Error("It did not fail.", { cause: error });
}

const bodyOf = (seen: { readonly body: string } | undefined) =>
  JSON.parse(seen?.body ?? "null") as Record<string, unknown>;

describe("what is sent", () => {
  test("the request, with the operator's key and headers, and no header of a client", async () => {
    await using server = await serve((_seen, response) => answer(response));
    await using upstream = createUpstream(server.url, {
      type: "vllm",
      apiKey: "key-1234",
      headers: { "X-Team": "blue", "User-Agent": "ours" },
    });
    const watch = createWatch();
    const { events } = await ask(
      upstream,
      {
        messages: [
          { role: "system", parts: [{ type: "text", text: "Be short." }] },
          { role: "user", parts: [{ type: "text", text: "hi" }] },
        ],
        tools: [ping],
        toolChoice: { kind: "function", name: "ping" },
        parallelToolCalls: false,
        sampling: { temperature: 0, topK: 5 },
        maxOutputTokens: 50,
        stopSequences: ["END"],
        effort: "low",
      },
      { watch },
    );
    expect(textOf(events, "text")).toBe("Hello");
    expect(watch.told).toEqual(["ask mine"]);
    const [seen] = server.seen;
    expect(seen).toMatchObject({ method: "POST", url: "/v1/chat/completions" });
    expect(seen?.headers).toMatchObject({
      authorization: "Bearer key-1234",
      "x-team": "blue",
      "user-agent": "ours",
      "accept-encoding": "identity",
      "content-type": "application/json",
    });
    expect(bodyOf(seen)).toEqual({
      model: "m",
      messages: [
        { role: "system", content: "Be short." },
        { role: "user", content: "hi" },
      ],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      top_k: 5,
      max_tokens: 50,
      stop: ["END"],
      tools: [{ type: "function", function: ping }],
      tool_choice: "required",
      parallel_tool_calls: false,
      reasoning_effort: "low",
    });
  });

  test("a header that the operator sets stands before the key", async () => {
    await using server = await serve((_seen, response) => answer(response));
    await using upstream = createUpstream(server.url, {
      apiKey: "key-1234",
      headers: { Authorization: "Token other" },
    });
    await ask(upstream);
    expect(server.seen[0]?.headers.authorization).toBe("Token other");
  });

  test("below a base URL of any depth", async () => {
    await using server = await serve((_seen, response) => answer(response));
    await using upstream = createUpstream(server.url, { baseUrl: `${server.url}/team/api/v1` });
    await ask(upstream);
    expect(server.seen[0]?.url).toBe("/team/api/v1/chat/completions");
  });

  test("OpenRouter gets back what it gave beside a call, and nobody else", async () => {
    const details = [{ type: "reasoning.encrypted", data: "xyz", index: 0 }];
    const call = { id: "call_a", type: "function", function: { name: "ping", arguments: "{}" } };
    await using server = await serve((_seen, response) =>
      answer(response, frames({ reasoning_details: details }, { tool_calls: [{ index: 0, ...call }] })),
    );
    for (const type of ["openrouter", "vllm"]) {
      await using upstream = createUpstream(server.url, { type });
      await ask(upstream, { tools: [ping] });
      await ask(upstream, {
        tools: [ping],
        messages: [
          { role: "user", parts: [{ type: "text", text: "hi" }] },
          {
            role: "assistant",
            parts: [{ type: "tool-call", callId: "call_a", name: "ping", arguments: "{}" }],
          },
          { role: "tool", parts: [{ type: "tool-result", callId: "call_a", content: [], isError: false }] },
        ],
      });
      const messages = bodyOf(server.seen.at(-1))["messages"] as Record<string, unknown>[];
      expect(messages[1]?.["reasoning_details"]).toEqual(type === "openrouter" ? details : undefined);
    }
  });
});

describe("secrets", () => {
  const secret = "hunter2hunter2";
  const options = { apiKey: secret, headers: { "x-other": "Bearer opensesame" } };

  test.each([
    [401, { error: { message: `Incorrect API key provided: ${secret}.` } }],
    [400, { error: { message: "x-other: opensesame is no token" } }],
    [500, `${secret} opensesame`],
    [200, { error: { message: `${secret} and opensesame`, code: 500 } }],
  ])("that a server quotes are in no message and no cause (%i)", async (status, body) => {
    await using server = await serve((_seen, response) => answerJson(response, status, body));
    await using upstream = createUpstream(server.url, options);
    const logged: unknown[] = [];
    const failures = [
      failureOf((await ask(upstream)).error),
      await upstream.embed?.({ model: "m", input: ["a"] }, { signal: forever }).then(
        () => undefined,
        (error: unknown) => error,
      ),
      await upstream.listModels(forever).then(
        () => undefined,
        (error: unknown) => error,
      ),
    ];
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(Error);
      for (let error: unknown = failure; error instanceof Error; error = error.cause) {
        logged.push(error.message, error.stack, Object.entries(error));
      }
    }
    expect(JSON.stringify(logged)).not.toMatch(/hunter2|opensesame/);
  });

  test("are not in the log", async () => {
    const logged: string[] = [];
    const say = (details: object, message: string) => {
      const error = "err" in details && details.err instanceof Error ? `${details.err.stack}` : "";
      logged.push(message, JSON.stringify(details), error);
    };
    await using server = await serve((_seen, response) =>
      answerJson(response, 500, { error: `no ${secret}` }),
    );
    await using upstream = createUpstream(server.url, options, { log: { debug: say, info: say, warn: say } });
    await expect(upstream.listModels(forever)).rejects.toThrow(/mine/);
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.join("\n")).not.toMatch(/hunter2|opensesame/);
  });
});

describe("the server's id of a request", () => {
  const hex = "0123456789abcdef0123456789abcdef";
  test.each<[string, Record<string, string>, readonly string[]]>([
    ["is told", { "x-request-id": "req_1" }, ["id req_1"]],
    ["may be hexadecimal", { "x-request-id": `chatcmpl-${hex}` }, [`id chatcmpl-${hex}`]],
    [
      "may be a UUID",
      { "inference-id": "0e6b1f0a-5d2c-4b8e-9f1d-2a3b4c5d6e7f" },
      ["id 0e6b1f0a-5d2c-4b8e-9f1d-2a3b4c5d6e7f"],
    ],
    ["is cut", { "x-request-id": "é-".repeat(400) }, [`id ${"-".repeat(200)}`]],
    ["holds no key", { "x-request-id": "for:my-private-value" }, []],
    ["holds no part of a key that is cut", { "x-request-id": `${"-".repeat(195)}my-private-value` }, []],
    ["holds no header's value", { "x-request-id": "team-secret-blue" }, []],
    ["is no other key", { "x-request-id": `sk-${hex}` }, []],
    ["is no token", { "inference-id": "Bearer abcdef123456", "x-request-id": "req_2" }, ["id req_2"]],
  ])("%s", async (_what, headers, told) => {
    await using server = await serve((_seen, response) => {
      const coded = Object.entries(headers).map(([name, value]) => [
        name,
        Buffer.from(value).toString("latin1"),
      ]);
      response.writeHead(200, { ...streamHeaders, ...(Object.fromEntries(coded) as object) }).end(hello);
    });
    await using upstream = createUpstream(server.url, {
      apiKey: "my-private-value",
      headers: { "x-team": "team-secret-blue" },
    });
    const watch = createWatch();
    await ask(upstream, {}, { watch });
    expect(watch.told.filter((line) => line.startsWith("id "))).toEqual(told);
  });
});

describe("a client that leaves", () => {
  test.each(["before the head", "in the middle", "by no more reading"])(
    "%s closes the connection at once",
    async (when) => {
      const began = createGate();
      const closed = createGate();
      await using server = await serve((_seen, response) => {
        response.on("close", closed.open);
        if (when !== "before the head") {
          response.writeHead(200, streamHeaders);
          response.write('data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n');
        }
        began.open();
      });
      await using upstream = createUpstream(server.url);
      const client = new AbortController();
      const batches = streamOf(upstream, toRequest(), { signal: client.signal })[Symbol.asyncIterator]();
      if (when === "by no more reading") {
        await batches.next();
        await batches.return?.();
      } else {
        const all = readAll({ [Symbol.asyncIterator]: () => batches });
        await began.opened;
        client.abort();
        expect(failureOf((await all).error).kind).toBe("aborted");
      }
      await closed.opened;
    },
  );

  test("before it began asks nobody", async () => {
    await using server = await serve((_seen, response) => answer(response));
    await using upstream = createUpstream(server.url);
    const { error } = await ask(upstream, {}, { signal: AbortSignal.abort() });
    expect(failureOf(error).kind).toBe("aborted");
    expect(server.seen).toEqual([]);
  });
});

describe("silence", () => {
  const firstByteTimeoutMs = 70_000;
  const idleTimeoutMs = 30_000;

  test.each([
    ["before the head", false, firstByteTimeoutMs],
    ["in the middle", true, idleTimeoutMs],
  ] as const)("%s is a time-out", async (_when, begins, limit) => {
    const timers = createManualTimers();
    const began = createGate();
    const closed = createGate();
    await using server = await serve((_seen, response) => {
      response.on("close", closed.open);
      if (begins) response.writeHead(200, streamHeaders).write(hello.slice(0, hello.indexOf("\n\n") + 2));
      began.open();
    });
    await using upstream = createUpstream(
      server.url,
      { firstByteTimeoutMs, idleTimeoutMs },
      { startTimer: timers.start },
    );
    const batches = streamOf(upstream, toRequest(), { signal: forever })[Symbol.asyncIterator]();
    if (begins) await batches.next();
    const next = batches.next();
    await began.opened;
    timers.expire(limit);
    await expect(next).rejects.toMatchObject({
      kind: "upstream-timeout",
      message: expect.stringMatching(/^mine was silent/) as string,
    });
    await closed.opened;
  });

  test("behind the end of an answer is none", async () => {
    const timers = createManualTimers();
    await using server = await serve((_seen, response) => {
      response.writeHead(200, streamHeaders).write(hello.replace("data: [DONE]\n\n", ""));
    });
    await using upstream = createUpstream(server.url, {}, { startTimer: timers.start });
    const batches = streamOf(upstream, toRequest(), { signal: forever })[Symbol.asyncIterator]();
    await batches.next();
    const last = batches.next();
    await until(() => timers.running.includes(5000));
    timers.expire(5000);
    expect((await last).value).toMatchObject([{ type: "block-end" }, { type: "finish" }]);
    expect((await batches.next()).done).toBe(true);
    expect(timers.running).toEqual([]);
  });
});

/** An answer that ended, by a word or by a call, without `[DONE]`. */
const endings = [
  ["a text", frames({ content: "Hello" })],
  [
    "a call",
    frames({
      tool_calls: [{ index: 0, id: "call_1", function: { name: "ping", arguments: '{"to":"x"}' } }],
    }),
  ],
] as const;
const chatter = [
  ["nothing", ""],
  ["comments", ": ping\n\n"],
  ["pings", 'event: ping\ndata: {"type":"ping"}\n\n'],
  ["usage", 'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}\n\n'],
] as const;

describe.each(endings)("%s that ended, and then", (_what, body) => {
  test.each(chatter)("%s without end: one deadline, which nothing puts off", async (_name, chunk) => {
    const timers = createManualTimers();
    let sent: ServerResponse | undefined;
    await using server = await serve((_seen, response) => {
      response.writeHead(200, streamHeaders).write(body.replace("data: [DONE]\n\n", ""));
      sent = response;
    });
    await using upstream = createUpstream(server.url, { idleTimeoutMs: 2000 }, { startTimer: timers.start });
    const all = readAll(streamOf(upstream, toRequest({ tools: [ping] }), { signal: forever }));
    await until(() => timers.running.includes(5000));
    for (let times = 0; times < 3; times += 1) {
      if (chunk !== "") sent?.write(chunk);
      await settle();
    }
    // The silence is longer than what is allowed in the middle of an answer.
    if (timers.running.includes(2000)) timers.expire(2000);
    await settle();
    expect(timers.starts.filter((ms) => ms === 5000)).toHaveLength(1);
    timers.expire(5000);
    const { events, error } = await all;
    expect(error).toBeUndefined();
    expect(events.at(-1)?.type).toBe("finish");
    expect(timers.running).toEqual([]);
  });
});

/** Lets a connection become free again. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Lets the sockets work until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise<void>((resolve) => setImmediate(resolve));
}

describe("connections that break", () => {
  test("in the middle of an answer: what came, then kind upstream-truncated", async () => {
    await using server = await serve((_seen, response) => {
      response.writeHead(200, streamHeaders);
      response.write(hello.slice(0, hello.indexOf("\n\n") + 2), () => response.destroy());
    });
    await using upstream = createUpstream(server.url);
    const { events, error } = await ask(upstream);
    expect(textOf(events, "text")).toBe("Hello");
    expect(failureOf(error)).toMatchObject({ kind: "upstream-truncated" });
    expect(failureOf(error).message).toBe("The connection to mine broke off in the middle of its reply.");
  });

  test("behind the end of an answer: the answer is whole", async () => {
    await using server = await serve((_seen, response) => {
      response.writeHead(200, streamHeaders);
      response.write(hello.replace("data: [DONE]\n\n", ""), () => response.destroy());
    });
    await using upstream = createUpstream(server.url);
    const { events, error } = await ask(upstream);
    expect(error).toBeUndefined();
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: { kind: "stop" } });
  });

  const good = frame("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n", hello);

  describe("an idle one that its server has just closed", () => {
    test.each([false, true])("is asked once more at once, also with others: %s", async (hasOthers) => {
      let time = 0;
      await using server = await serveRaw(
        (socket) => socket.write(good),
        (socket) => socket.destroy(),
        (socket) => socket.write(good),
      );
      await using upstream = createUpstream(server.url, {}, { now: () => time });
      await ask(upstream);
      await settle();
      time += 2000;
      const watch = createWatch();
      const { error } = await ask(upstream, {}, { hasOthers, watch });
      expect(error).toBeUndefined();
      expect(watch.told).toEqual(["ask mine", "retry unanswered"]);
      expect([server.asked.length, server.connections()]).toEqual([3, 2]);
    });
  });

  test.each([
    ["a new connection", 0],
    ["one that was in use a moment ago", 1],
  ])("%s that breaks is not repeated when others can be asked", async (_name, before) => {
    await using server = await serveRaw(
      ...Array.from({ length: before }, () => (socket: { write(bytes: Uint8Array): unknown }) => {
        socket.write(good);
      }),
      (socket) => socket.destroy(),
    );
    await using upstream = createUpstream(server.url);
    for (let count = 0; count < before; count += 1) await ask(upstream);
    await settle();
    const { error } = await ask(upstream, {}, { hasOthers: true });
    expect(failureOf(error).kind).toBe("upstream-unavailable");
    expect(server.asked).toHaveLength(before + 1);
  });

  test("nobody listens: it says so, and asks for the base URL to be checked", async () => {
    const server = await serve(() => {});
    await server[Symbol.asyncDispose]();
    await using upstream = createUpstream(server.url);
    const { error } = await ask(upstream, {}, { hasOthers: true });
    expect(failureOf(error).message).toBe(
      "mine could not be reached: the connection was refused. Check its base URL and any proxy.",
    );
  });

  test("connections are used again", async () => {
    let connections = 0;
    await using server = await serve((_seen, response) => answer(response));
    server.server.on("connection", () => (connections += 1));
    await using upstream = createUpstream(server.url);
    for (let count = 0; count < 5; count += 1) {
      await ask(upstream);
      await settle();
    }
    expect(connections).toBeLessThan(5);
  });
});

describe("redirects", () => {
  test("within the server are followed, with the body", async () => {
    await using server = await serve((seen, response) => {
      if (seen.url.startsWith("/v1")) response.writeHead(307, { location: `/v2${seen.url.slice(3)}` }).end();
      else answer(response);
    });
    await using upstream = createUpstream(server.url);
    expect((await ask(upstream)).error).toBeUndefined();
    expect(bodyOf(server.seen[1])["model"]).toBe("m");
  });

  test.each([
    ["onto itself", (url: string) => url, 1],
    ["back and forth", (url: string) => (url.endsWith("/") ? url.slice(0, -1) : `${url}/`), 2],
    ["ever further", (url: string) => `${url}/`, 4],
  ])("%s: to no address twice, and not without end", async (_how, lead, sent) => {
    await using server = await serve((seen, response) =>
      response.writeHead(308, { location: lead(seen.url) }).end(),
    );
    await using upstream = createUpstream(server.url);
    expect(failureOf((await ask(upstream)).error)).toMatchObject({
      kind: "upstream-protocol",
      message: expect.stringMatching(/^mine redirects/) as string,
    });
    expect(server.seen).toHaveLength(sent);
  });

  test.each([
    ["others can be asked", { hasOthers: true }, 2],
    ["its one repeat is gone", { mayRepeat: (): boolean => false }, 1],
    [
      "others can be asked and the one repeat is gone",
      { hasOthers: true, mayRepeat: (): boolean => false },
      1,
    ],
  ])("count as repeats of a request: %s", async (_when, asked, sent) => {
    await using server = await serve((seen, response) =>
      response.writeHead(307, { location: `${seen.url}/` }).end(),
    );
    await using upstream = createUpstream(server.url);
    expect((await ask(upstream, {}, asked)).error).toBeInstanceOf(GatewayError);
    expect(server.seen).toHaveLength(sent);
  });

  test("are not gone through anew when the request is repeated behind them", async () => {
    const answers = [
      (response: ServerResponse) => response.writeHead(307, { location: "/there" }).end(),
      (response: ServerResponse) => response.writeHead(503).end("busy"),
      (response: ServerResponse) => answer(response),
    ];
    await using server = await serve((_seen, response) => answers.shift()?.(response));
    await using upstream = createUpstream(server.url);
    expect((await ask(upstream)).error).toBeUndefined();
    expect(server.seen.map(({ url }) => url)).toEqual(["/v1/chat/completions", "/there", "/there"]);
  });

  test("to another site are not: it would get the key", async () => {
    await using other = await serve((_seen, response) => answer(response));
    await using server = await serve((seen, response) =>
      response.writeHead(308, { location: other.url + seen.url }).end(),
    );
    await using upstream = createUpstream(server.url, { apiKey: "key-1234" });
    expect(failureOf((await ask(upstream)).error).kind).toBe("upstream-unavailable");
    expect(other.seen).toEqual([]);
  });
});

test("closing closes what is open", async () => {
  const began = createGate();
  await using server = await serve((_seen, response) => {
    response.writeHead(200, streamHeaders).flushHeaders();
    began.open();
  });
  const upstream: Upstream = createUpstream(server.url);
  const all = ask(upstream);
  await began.opened;
  await upstream.close();
  expect((await all).error).toBeInstanceOf(GatewayError);
});
