import { describe, expect, test } from "vitest";

import { decodeModels } from "../../../src/upstreams/akash-chat/decode-models.ts";
import { startSimulator } from "../../../src/simulator/index.ts";
import { readCapture, readCaptures } from "./support/captures.ts";
import { createGate } from "./support/create-gate.ts";
import { createUpstream, forever } from "./support/create-upstream.ts";
import { createManualTimers } from "./support/manual-timers.ts";
import { answerJson, answerSession, isSession, serve } from "./support/serve.ts";

function ids(models: readonly { readonly id: string }[]): string[] {
  return models.map((model) => model.id);
}

function decodeCapture(name: string) {
  return decodeModels(JSON.parse(readCapture(name).body.toString("utf8")));
}

describe("lists of models", () => {
  const lists = readCaptures(
    (capture) =>
      capture.request.method === "GET" &&
      capture.request.path.startsWith("/api/models") &&
      capture.status === 200,
  );

  const qualities = new Map([
    // A's back end lists nothing, fails, sends a page, is down.
    ["056", "no-chat"],
    ["057", "guess"],
    ["058", "guess"],
    ["421", "guess"],
    // B's database is away, its Redis is, or it has no database.
    ["730", "raw"],
    ["742", "raw"],
    ["765", "raw"],
    ["766", "raw"],
    ["767", "raw"],
  ]);

  test.each(lists.map((capture) => [capture.name, capture] as const))("%s is read", (name, capture) => {
    const list = decodeModels(JSON.parse(capture.body.toString("utf8")));
    if (capture.body.toString() === "[]") expect(list).toBeUndefined();
    else expect(list?.models.length).toBeGreaterThan(0);
    if (list === undefined) return;
    expect(list.models.every(({ raw }) => raw === true)).toBe(list.quality === "raw");
    expect(list.quality).toBe(qualities.get(name.replace(/^.*\/(\d+)-.*$/, "$1")) ?? "good");
  });

  test("of the older generation has numbers and camel case", () => {
    const list = decodeCapture("2025-07/051-models-cookie");
    expect(list?.models.find((model) => model.id === "Meta-Llama-3-3-70B-Instruct")).toMatchObject({
      kind: "chat",
      temperature: 0.6,
      topP: 0.9,
      contextLength: 128_000,
    });
    expect(list?.models.at(-1)).toMatchObject({ id: "AkashGen", kind: "image" });
  });

  test("of the newer generation has numeric strings, snake case and nulls", () => {
    const list = decodeCapture("2026-05/552-b-models-no-cookie");
    expect(list?.models[0]).toMatchObject({ id: "DeepSeek-V3.2", kind: "chat" });
    expect(list?.models[0]?.backEndId).toBe("deepseek-ai/DeepSeek-V3.2");
    expect(list?.models.find((model) => model.id === "Qwen/Qwen3-30B-A3B")).not.toHaveProperty("backEndId");
    expect(typeof list?.models[0]?.temperature).toBe("number");
    const none = list?.models.find((model) => model.id === "no-defaults");
    expect(none).toBeDefined();
    expect(none).not.toHaveProperty("temperature");
    expect(list?.models.find((model) => model.id === "AkashGen")?.kind).toBe("image");
  });

  test.each([
    [[], undefined],
    [{ error: "Failed to fetch models" }, undefined],
    ["text", undefined],
    [[{ nonsense: 1 }, null], undefined],
    [{ models: [{ id: "a" }] }, ["a"]],
    [{ data: [{ id: "a", temperature: "warm", top_p: null }] }, ["a"]],
    [[{ id: "uuid", model_id: "a" }], ["a"]],
    [
      [
        { id: "a", available: false },
        { id: "b", user_has_access: false },
        { id: "c", is_chat_available: false },
        { id: "d" },
      ],
      ["d"],
    ],
    [[{ id: "a" }, { id: "a" }], ["a"]],
  ])("%j offers %j", (value, expected) => {
    const list = decodeModels(value);
    expect(list === undefined ? undefined : ids(list.models)).toEqual(expected);
  });
});

describe("models of the upstream", () => {
  test("concurrent callers share one request, later ones the list, until it is too old", async () => {
    const gate = createGate();
    let time = 0;
    await using server = await serve(async (_seen, response) => {
      await gate.opened;
      answerJson(response, 200, [{ id: "a", available: true }]);
    });
    await using upstream = createUpstream(server.url, {}, { now: () => time });
    const lists = Array.from({ length: 50 }, () => upstream.listModels(forever));
    gate.open();
    await Promise.all(lists);
    time = 599_999;
    await upstream.listModels(forever);
    expect(server.seen).toHaveLength(1);
    time = 600_001;
    await upstream.listModels(forever);
    await upstream.refreshModels(forever);
    expect(server.seen).toHaveLength(2);
  });

  test("an older instance wants a session for them", async () => {
    const list = readCapture("2025-07/051-models-cookie").body.toString();
    await using server = await serve((seen, response) => {
      if (isSession(seen)) answerSession(response, "t");
      else if (seen.headers.cookie === "session_token=t") answerJson(response, 200, JSON.parse(list));
      else answerJson(response, 403, { success: false, message: "Unauthorized: Invalid session" });
    });
    await using upstream = createUpstream(server.url);
    expect(await upstream.listModels(forever)).not.toHaveLength(0);
    expect(server.seen.map((seen) => seen.url)).toEqual([
      "/api/models/",
      "/api/auth/session/",
      "/api/models/",
    ]);
  });

  test.each([
    ["an empty list", 200, "[]"],
    ["an error", 500, '{"error":"Failed to fetch models"}'],
    ["a page of the CDN", 403, "<html>"],
    ["a page with status 200", 200, "<html>"],
  ])("%s: the last list stays in use, and is asked for again soon", async (_name, status, body) => {
    let healthy = true;
    let time = 0;
    await using server = await serve((_seen, response) => {
      if (healthy) answerJson(response, 200, [{ id: "a", available: true }]);
      else response.writeHead(status).end(body);
    });
    await using upstream = createUpstream(server.url, {}, { now: () => time });
    await upstream.listModels(forever);
    healthy = false;
    time = 700_000;
    expect(ids(await upstream.listModels(forever))).toEqual(["a"]);
    expect(ids(await upstream.refreshModels(forever))).toEqual(["a"]);
    await upstream.listModels(forever);
    expect(server.seen).toHaveLength(2);
    time += 15_001;
    await upstream.listModels(forever);
    await upstream.refreshModels(forever);
    expect(server.seen).toHaveLength(3);
  });

  test("an empty list at the start: the list for all accounts is taken", async () => {
    const all = {
      models: [
        { id: "6f9619ff", model_id: "a", available: true, user_has_access: true, is_available_now: false },
      ],
    };
    await using server = await serve((seen, response) => {
      answerJson(response, 200, seen.url === "/api/models/all/" ? all : []);
    });
    await using upstream = createUpstream(server.url);
    expect(ids(await upstream.listModels(forever))).toEqual(["a"]);
  });

  test.each([
    ["none anywhere", 200, "overloaded"],
    ["a server in trouble", 500, "upstream-unavailable"],
  ])("%s is an error that says so", async (_name, status, kind) => {
    await using server = await serve((_seen, response) => answerJson(response, status, []));
    await using upstream = createUpstream(server.url);
    await expect(upstream.listModels(forever)).rejects.toMatchObject({ kind });
  });

  test("a list that the upstream made up is offered, but not for long", async () => {
    const guess = readCapture("2025-07/057-models-backend-500").body.toString();
    let time = 0;
    await using server = await serve((_seen, response) => answerJson(response, 200, JSON.parse(guess)));
    await using upstream = createUpstream(server.url, {}, { now: () => time });
    expect(await upstream.listModels(forever)).toHaveLength(15);
    time = 15_001;
    await upstream.listModels(forever);
    await upstream.refreshModels(forever);
    expect(server.seen).toHaveLength(2);
  });
});

describe("a diagnosis", () => {
  test("takes each step by itself, and no step waits less than it must", async () => {
    const list = createGate();
    const timers = createManualTimers();
    await using server = await serve((seen, response) => {
      if (isSession(seen)) answerSession(response, "t", 600);
      else void list.opened.then(() => answerJson(response, 200, []));
    });
    await using upstream = createUpstream(server.url, {}, { startTimer: timers.start });
    expect(await upstream.login?.check(forever)).toBe("reached, session good for 600 s");
    const usual = upstream.refreshModels(forever);
    const patient = upstream.refreshModels(forever, { patient: true });
    // As long as a request waits.
    timers.expire(5000);
    await expect(usual).rejects.toMatchObject({ kind: "upstream-timeout" });
    list.open();
    await expect(patient).rejects.toMatchObject({ kind: "overloaded" });
  });

  test("says what is odd about a list, and asks nothing to know what its models can", async () => {
    await using simulator = await startSimulator();
    simulator.setDatabase("down");
    await using upstream = createUpstream(simulator.url);
    expect(upstream.listRemark).toBeUndefined();
    await upstream.refreshModels(forever, { patient: true });
    expect(upstream.listRemark).toContain("back end's ids");
    const asked = simulator.requests.length;
    expect(await upstream.probe("m", { signal: forever, hasCall: () => false })).toEqual({
      tools: "emulated",
      used: "emulated",
      reason: "Akash Chat takes text alone",
      tokens: 0,
    });
    expect(simulator.requests).toHaveLength(asked);
  });
});
