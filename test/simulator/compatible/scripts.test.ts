import { describe, expect, it } from "vitest";

import { htmlPage, type CompatibleScript } from "../../../src/simulator/compatible/index.ts";
import { createGate } from "../../support/gate.ts";
import { open, personaNames, readAll } from "./support.ts";

/** The text of all deltas in a stream. */
function textOf(stream: string): string {
  const found = [...stream.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)];
  return found.map(([, text = '""']) => JSON.parse(text) as string).join("");
}

describe("the queue", () => {
  it("is taken in order, each by a request that suits it", async () => {
    await using session = await open("vllm");
    session.simulator.enqueue({
      kind: "answer",
      text: "second",
      when: ({ body }) => JSON.stringify(body).includes("two"),
    });
    session.simulator.enqueue({ kind: "answer", text: "first" });
    const takeOut = session.simulator.enqueue({ kind: "hang" });
    takeOut();
    expect(await (await session.chat()).text()).toContain('"first"');
    expect(await (await session.chat({ user: "two" })).text()).toContain('"second"');
    expect(await (await session.chat()).text()).toContain('"1, 2, 3"');
  });

  it("keeps an answer while its request is refused", async () => {
    await using session = await open("vllm", { apiKey: "secret" });
    session.simulator.enqueue({ kind: "answer", text: "kept" });
    expect((await session.chat()).status).toBe(401);
    const headers = { authorization: "Bearer secret" };
    expect(await (await session.chat({}, { headers })).text()).toContain('"kept"');
  });

  it("gives way to a script for a path, and to a function for all that is left", async () => {
    await using session = await open("akashml", {
      script: ({ path }) => (path === "/v1/models" ? { kind: "error", status: 503 } : undefined),
    });
    const list = `${session.simulator.baseUrl}/models`;
    session.simulator.enqueueAt("/v1/models", { kind: "error", status: 402 });
    expect((await fetch(list)).status).toBe(402);
    expect((await fetch(list)).status).toBe(503);
    expect((await session.chat()).status).toBe(200);
  });

  it("is empty when cleared", async () => {
    await using session = await open("vllm");
    session.simulator.enqueue({ kind: "reset" });
    session.simulator.enqueueAt("/v1/models", { kind: "reset" });
    session.simulator.clear();
    expect((await session.client.models.list()).data).toHaveLength(1);
    expect((await session.chat()).status).toBe(200);
  });

  it("logs what was asked", async () => {
    await using session = await open("vllm");
    await session.client.models.list();
    await (await session.chat()).text();
    expect(session.simulator.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v1/models",
      "POST /v1/chat/completions",
    ]);
    expect(session.simulator.chats[0]).toMatchObject({ body: { model: session.model } });
    expect((await session.simulator.waitForRequest("/v1/models")).headers.authorization).toBe("Bearer any");
    expect(await (await session.simulator.waitForChat(0)).closed).toBe("finished");
  });
});

describe("gates", () => {
  it("hold the head", async () => {
    await using session = await open("vllm");
    const gate = createGate();
    session.simulator.enqueue({ kind: "raw", body: "late", gate: gate.promise });
    const reply = session.chat();
    await session.simulator.waitForChat(0);
    gate.open();
    expect(await (await reply).text()).toBe("late");
  });

  it("stand among the deltas; llama.cpp sends a bare colon there", async () => {
    await using session = await open("llama.cpp");
    const gate = createGate();
    session.simulator.enqueue({ kind: "answer", text: ["a", gate.promise, "b"] });
    const reply = await session.chat({ stream: true });
    const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.endsWith(":\n\n")) text += (await reader.read()).value ?? "";
    expect(textOf(text)).toBe("a");
    gate.open();
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
    expect(textOf(text)).toBe("ab");
  });

  it("stand among the chunks of a raw body", async () => {
    await using session = await open("vllm");
    const gate = createGate();
    session.simulator.enqueue({ kind: "raw", body: ["one ", gate.promise, Buffer.from("two")] });
    const reader = (await session.chat()).body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("one ");
    gate.open();
    expect((await reader.read()).value).toBe("two");
  });
});

describe("failures", () => {
  it.each<[string, CompatibleScript]>([
    ["a closed connection", { kind: "refuse" }],
    ["a reset before the head", { kind: "reset" }],
  ])("%s", async (_, script) => {
    await using session = await open("vllm");
    session.simulator.enqueue(script);
    await expect(session.chat()).rejects.toThrow("fetch failed");
  });

  it.each<[string, CompatibleScript, string]>([
    ["a reset after the head", { kind: "raw", body: [], ending: "reset" }, ""],
    ["a reset in the body", { kind: "raw", body: ["half"], ending: "reset" }, "half"],
    ["a cut in the body", { kind: "raw", body: "half", ending: "cut" }, "half"],
  ])("%s", async (_, script, text) => {
    await using session = await open("vllm");
    session.simulator.enqueue(script);
    const reply = await session.chat();
    expect(reply.status).toBe(200);
    expect(await readAll(reply)).toEqual({ text, failed: true });
  });

  it("silence before the head, until the client goes away", async () => {
    await using session = await open("vllm");
    session.simulator.enqueue({ kind: "hang" });
    const controller = new AbortController();
    const reply = session.chat({}, { signal: controller.signal });
    const request = await session.simulator.waitForChat(0);
    controller.abort();
    await expect(reply).rejects.toThrow("aborted");
    expect(await request.closed).toBe("client-left");
  });

  it.each<[string, CompatibleScript, string]>([
    ["a body", { kind: "raw", body: "half", ending: "open" }, "half"],
    ["a stream", { kind: "answer", text: ["a"], breaks: { how: "open" } }, '"a"'],
  ])("silence within %s", async (_, script, start) => {
    await using session = await open("vllm");
    session.simulator.enqueue(script);
    const controller = new AbortController();
    const reply = await session.chat({ stream: true }, { signal: controller.signal });
    const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes(start)) text += (await reader.read()).value ?? "";
    controller.abort();
    await expect(reader.read()).rejects.toThrow("aborted");
    expect(await (await session.simulator.waitForChat(0)).closed).toBe("client-left");
  });

  it("errors come in the server's shape, with a time to wait", async () => {
    await using session = await open("openrouter");
    session.simulator.enqueue({ kind: "error", status: 429, headers: { "retry-after": "7" } });
    const reply = await session.chat();
    expect([reply.status, reply.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(await reply.json()).toEqual({ error: { code: 429, message: "Rate limit exceeded" } });
  });

  it("a proxy has a page", async () => {
    await using session = await open("vllm");
    session.simulator.enqueue(htmlPage(502));
    const reply = await session.chat();
    expect([reply.status, reply.headers.get("content-type")]).toEqual([502, "text/html"]);
    expect(await reply.text()).toContain("<title>502 Bad gateway</title>");
  });

  it("a stream ends without a finish", async () => {
    await using session = await open("vllm");
    session.simulator.enqueue({ kind: "answer", text: ["a", "b", "c"], breaks: { after: 2, how: "end" } });
    const { text, failed } = await readAll(await session.chat({ stream: true }));
    expect(failed).toBe(false);
    expect(textOf(text)).toBe("ab");
    expect(text).not.toMatch(/DONE|"finish_reason":"/);
  });

  it("a whole answer breaks off in its middle", async () => {
    await using session = await open("vllm");
    session.simulator.enqueue({ kind: "answer", text: "a", breaks: { how: "cut" } });
    const { text, failed } = await readAll(await session.chat());
    expect(failed).toBe(true);
    expect(text).toMatch(/^\{"id"/);
    session.simulator.enqueue({ kind: "answer", breaks: { how: { status: 500, message: "no" } } });
    expect((await session.chat()).status).toBe(500);
  });

  it.each(personaNames)("%s has its own frame for an error in mid-stream", async (persona) => {
    await using session = await open(persona);
    const how = { status: 503, message: "gone" };
    session.simulator.enqueue({ kind: "answer", text: ["a", "b"], breaks: { after: 1, how } });
    const { text } = await readAll(await session.chat({ stream: true }));
    expect(textOf(text)).toBe("a");
    const [last = "", end] = text.trim().split("\n\n").slice(-2);
    const frame = end === "data: [DONE]" ? last : (end ?? "");
    expect(JSON.parse(frame.slice(6))).toMatchObject(
      persona === "ollama" ? { choices: [{ delta: { content: "" }, finish_reason: null }] } : { error: {} },
    );
    expect(end === "data: [DONE]").toBe(["vllm", "sglang", "akashml"].includes(persona));
  });
});

describe("answers", () => {
  it("carry what the script gives", async () => {
    await using session = await open("vllm");
    session.simulator.enqueue({
      kind: "answer",
      reasoning: "Hm.",
      text: "Look.",
      calls: [{ name: "get_time", input: { zone: "UTC" } }],
      finish: "length",
      usage: { promptTokens: 7, completionTokens: 9 },
    });
    expect(await (await session.chat()).json()).toMatchObject({
      choices: [
        {
          message: { content: "Look.", reasoning: "Hm.", tool_calls: [{ function: { name: "get_time" } }] },
          finish_reason: "length",
        },
      ],
      usage: { prompt_tokens: 7, completion_tokens: 9, total_tokens: 16 },
    });
    session.simulator.enqueue({ kind: "answer", text: "x", usage: null });
    expect(await (await session.chat()).json()).not.toHaveProperty("usage");
  });
});

describe("while a model is loaded", () => {
  it("llama.cpp says so on every path until it is ready", async () => {
    await using session = await open("llama.cpp", { loading: true });
    const health = await fetch(`${session.simulator.url}/health`);
    expect([health.status, await health.json()]).toEqual([
      503,
      { error: { code: 503, message: "Loading model", type: "unavailable_error" } },
    ]);
    expect((await session.chat()).status).toBe(503);
    session.simulator.setReady(true);
    expect((await session.chat()).status).toBe(200);
  });

  it("Ollama lets the request wait", async () => {
    await using session = await open("ollama", { loading: true });
    const reply = session.chat();
    await session.simulator.waitForChat(0);
    session.simulator.setReady(true);
    expect((await reply).status).toBe(200);
  });

  it("vLLM does not listen yet", async () => {
    await using session = await open("vllm", { loading: true });
    await expect(session.chat()).rejects.toThrow("fetch failed");
  });
});
