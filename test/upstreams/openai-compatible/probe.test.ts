/** What is found out by asking: the verdict by table, and what comes of it over real sockets. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, onTestFinished, test } from "vitest";

import {
  startCompatibleSimulator,
  type CompatibleScript,
  type CompatibleSimulatorOptions,
} from "../../../src/simulator/compatible/index.ts";
import { openFileCapabilities } from "../../../src/upstreams/memory/file-capabilities.ts";
import { decodeError } from "../../../src/upstreams/openai-compatible/decode-error.ts";
import { judgeProbe, type ProbeAnswer } from "../../../src/upstreams/openai-compatible/judge-probe.ts";
import type { Upstream } from "../../../src/upstreams/upstream.ts";
import { createUpstream, forever } from "./create-upstream.ts";
import { now } from "./read-case.ts";

type Said = Extract<ProbeAnswer, { kind: "answer" }>;

const said = (promptTokens: number | undefined, more: Partial<Said> = {}): ProbeAnswer => ({
  kind: "answer",
  calls: false,
  markup: false,
  thoughtOnly: false,
  promptTokens,
  ...more,
});

function refused(status: number, message: string, param?: string): ProbeAnswer {
  const body = JSON.stringify({ error: { message, type: "invalid_request_error", param } });
  const failure = decodeError({ status, header: () => undefined, body }, { upstream: "mine", now: 0 });
  return { kind: "failure", failure };
}

const parserFlags =
  '"required" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set';

describe("the verdict", () => {
  test.each<[string, ProbeAnswer, "required" | "auto", string, RegExp]>([
    ["a call", said(80, { calls: true }), "required", "native", /called the tool$/],
    [
      "a call, with words of markup beside it",
      said(80, { calls: true, markup: true }),
      "required",
      "native",
      /called/,
    ],
    ["a call although the prompt did not grow", said(20, { calls: true }), "required", "native", /called/],
    ["400 that names the parser", refused(400, parserFlags), "required", "emulated", /refuses tools/],
    [
      "400: does not support tools",
      refused(400, "m does not support tools"),
      "required",
      "emulated",
      /refuses/,
    ],
    [
      "404: no host with tools",
      refused(404, "No endpoints found that support tool use"),
      "required",
      "emulated",
      /refuses/,
    ],
    [
      "422 that names the field",
      refused(422, "Extra inputs are not permitted: tools", "tools"),
      "required",
      "emulated",
      /refuses/,
    ],
    ["a call when left free to", said(80, { calls: true }), "auto", "native", /refuses tool_choice/],
    ["words when left free to", said(80), "auto", "undecided", /answered in words/],
    ["markup in the text", said(80, { markup: true }), "required", "emulated", /stands in its text/],
    [
      "markup in the text, and a prompt of the same length",
      said(20, { markup: true }),
      "required",
      "emulated",
      /text/,
    ],
    ["words, and a prompt of the same length", said(20), "required", "emulated", /dropped the tool silently/],
    [
      "thinking, and a prompt of the same length",
      said(20, { thoughtOnly: true }),
      "required",
      "emulated",
      /silently/,
    ],
    ["words, and a longer prompt", said(80), "required", "undecided", /was shown the tool/],
    ["words, and nobody counts", said(undefined), "required", "undecided", /does not count/],
    ["nothing but thinking", said(80, { thoughtOnly: true }), "required", "undecided", /thought/],
    [
      "500: the output can't be read",
      refused(500, "Failed to parse input at pos 12"),
      "required",
      "native",
      /weak model/,
    ],
  ])("%s", (_name, answer, choice, tools, reason) => {
    expect(judgeProbe(said(20), answer, choice)).toEqual({
      kind: "verdict",
      tools,
      reason: expect.stringMatching(reason),
    });
  });

  test.each<[string, ProbeAnswer, boolean]>([
    ["400 that names tool_choice", refused(400, "tool_choice: only auto is supported", "tool_choice"), true],
    ["400 that names it in words", refused(400, 'Invalid tool_choice type: "string"'), true],
    ["400 about something else", refused(400, "messages must not be empty"), false],
    ["429", refused(429, "Too many requests, tool_choice or not"), false],
    ["503", refused(503, "Loading model"), false],
    ["500 without words", refused(500, ""), false],
  ])("none: %s", (_name, answer, isOfChoice) => {
    expect(judgeProbe(said(20), answer)).toMatchObject({ kind: "failed", isOfChoice });
  });

  test("a server that counts no prompt without tools has dropped nothing", () => {
    expect(judgeProbe(said(undefined), said(undefined))).toMatchObject({ tools: "undecided" });
    expect(judgeProbe(said(undefined), said(20))).toMatchObject({ tools: "undecided" });
  });
});

/** As markup is recognised well elsewhere. */
const hasCall = (text: string, { name }: { readonly name: string }) => text.includes(`"name": "${name}"`);
const probe = (upstream: Upstream, model = "m") => upstream.probe(model, { signal: forever, hasCall });

async function start(options: Partial<CompatibleSimulatorOptions>) {
  const simulator = await startCompatibleSimulator({
    persona: "vllm",
    models: [{ id: "m" }],
    ...options,
  });
  onTestFinished(() => simulator.close());
  return simulator;
}

describe("over a socket", () => {
  test.each<[string, Partial<CompatibleSimulatorOptions>, string, string]>([
    ["vLLM with its flags", {}, "native", "native"],
    ["vLLM without", { tools: "none-400" }, "emulated", "emulated"],
    ["SGLang whose parser fails", { persona: "sglang", tools: "leaky" }, "emulated", "emulated"],
    [
      "llama.cpp with a template without tools",
      { persona: "llama.cpp", tools: "dropped" },
      "emulated",
      "emulated",
    ],
    ["AkashML", { persona: "akashml" }, "native", "native"],
  ])("%s", async (_name, options, tools, used) => {
    const simulator = await start(options);
    await using upstream = createUpstream(simulator.url);
    const [model] = await upstream.listModels(forever);
    const report = await probe(upstream, model?.id);
    expect(report).toMatchObject({ tools, used });
    expect(report.tokens).toBeGreaterThan(0);
    expect(simulator.chats).toHaveLength(2);
    for (const { body } of simulator.chats) expect(body).toMatchObject({ max_tokens: 64, temperature: 0 });
    expect(simulator.chats.map(({ body }) => (body as Record<string, unknown>)["tool_choice"])).toEqual([
      undefined,
      "required",
    ]);
  });

  test("words about a tool that was shown leave what is used as it is, and their cost is told", async () => {
    const simulator = await start({ persona: "ollama", models: [{ id: "m:latest" }] });
    await using upstream = createUpstream(simulator.url);
    for (const promptTokens of [20, 70]) {
      simulator.enqueue({ kind: "answer", text: "Hm.", usage: { promptTokens, completionTokens: 3 } });
    }
    expect(await probe(upstream, "m:latest")).toMatchObject({
      tools: "undecided",
      used: "native",
      tokens: 96,
    });
  });

  test("a choice that is refused is left out from then on", async () => {
    const onlyAuto: CompatibleScript = {
      kind: "error",
      status: 400,
      message: "tool_choice: only auto is supported",
    };
    const simulator = await start({
      script: ({ body }) => (JSON.stringify(body).includes('"tool_choice"') ? onlyAuto : undefined),
    });
    await using upstream = createUpstream(simulator.url);
    await upstream.listModels(forever);
    expect(await probe(upstream)).toMatchObject({
      tools: "native",
      reason: expect.stringContaining("tool_choice"),
    });
    expect(await probe(upstream)).toMatchObject({ tools: "native" });
    expect(simulator.chats).toHaveLength(5);
  });

  test("fields that are refused by name are left out, and what else fails is told and teaches nothing", async () => {
    const simulator = await start({});
    await using upstream = createUpstream(simulator.url);
    await upstream.listModels(forever);
    simulator.enqueue({ kind: "error", status: 400, message: "Unsupported parameter: temperature" });
    expect(await probe(upstream)).toMatchObject({ tools: "native" });
    expect(simulator.chats.map(({ body }) => "temperature" in (body as object))).toEqual([
      true,
      false,
      false,
    ]);
    await using other = createUpstream(simulator.url);
    for (const status of [401, 402, 429]) {
      simulator.enqueue({ kind: "error", status });
      await expect(probe(other)).rejects.toMatchObject({ name: "GatewayError" });
    }
    await expect(probe(other, "unknown")).rejects.toMatchObject({ kind: "model-not-found" });
    await other.listModels(forever);
    expect(other.describeModel("m")?.capabilities?.tools).toBe("unknown");
  });

  test("what the operator says counts more, and the report says what is used", async () => {
    const simulator = await start({});
    await using upstream = createUpstream(simulator.url, {
      models: { all: { tools: "emulated" }, overrides: [], include: undefined },
    });
    expect(await probe(upstream)).toMatchObject({ tools: "native", used: "emulated" });
  });

  test("the verdict is kept in the file, as new, for whoever starts with it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "probe-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, "upstreams.json");
    const log = { debug() {}, info() {}, warn() {} };
    const simulator = await start({ tools: "none-400" });
    const day = 86_400_000;
    for (const at of [now, now + 2 * day]) {
      const memory = await openFileCapabilities(path, log);
      await using upstream = createUpstream(simulator.url, {}, { memory, now: () => at });
      await probe(upstream);
      await memory.settle();
    }
    const memory = await openFileCapabilities(path, log);
    await using upstream = createUpstream(simulator.url, {}, { memory, now: () => now + 4 * day });
    await upstream.listModels(forever);
    expect(upstream.describeModel("m")?.capabilities?.tools).toBe("emulated");
    await memory.settle();
  });
});
