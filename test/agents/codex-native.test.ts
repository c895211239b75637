import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pino } from "pino";
import { describe, expect, test } from "vitest";

import { codexInstructions } from "../../src/dialects/openai-responses/codex-instructions.ts";
import type { ChatBody, RecordedRequest } from "../../src/simulator/index.ts";
import { get } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";
import { createTask, type Task } from "./support/create-task.ts";
import { renderCalls } from "./support/render-call.ts";
import { startAgent } from "./support/run-agent.ts";
import { startClosedProxy } from "./support/start-proxy.ts";

/** The pinned Codex, or the one that `npm run test:newest-codex` has installed. */
const command = process.env["CODEX"] ?? "codex";
const model = "DeepSeek-V3.2";

const quiet = ["features.plugins=false", "analytics.enabled=false", 'otel.metrics_exporter="none"'];

/** A provider of that name at the gateway; "OpenAI" is the name for which Codex leaves compaction to the server. */
function providerOf({ url }: Stack, name: string): string[] {
  const provider = {
    name,
    base_url: `${url}/v1`,
    wire_api: "responses",
    // Without a key it asks for no catalogue.
    env_key: "AKASHCHAT_API_KEY",
    model_catalog_url: `${url}/v1/models`,
  };
  const settings = Object.entries(provider).map(([key, value]) => `model_providers.akash.${key}="${value}"`);
  return [
    'model_provider="akash"',
    'web_search="disabled"',
    "features.api_key_model_discovery=true",
    ...settings,
  ];
}

async function runCodex(settings: readonly string[], args: readonly string[], task: Task) {
  await using proxy = await startClosedProxy();
  const all = [...[...quiet, ...settings].flatMap((setting) => ["-c", setting]), ...args];
  const place = { folder: task.folder, home: task.home, proxy: proxy.url };
  await using running = startAgent({ command, args: all, environment: { AKASHCHAT_API_KEY: "any" } }, place);
  return await running.result;
}

function exec(prompt: string): string[] {
  return ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", prompt];
}

function call(cmd: string): string {
  return renderCalls("hermes", [{ name: "exec_command", args: { cmd, yield_time_ms: 20_000 } }]);
}

function slugsOf(catalogue: string): string[] {
  return (JSON.parse(catalogue) as { models: { slug: string }[] }).models.map(({ slug }) => slug);
}

function textOf(request: RecordedRequest | undefined): string {
  const { system = "", messages = [] } = (request?.body ?? {}) as Partial<ChatBody>;
  return [system, ...messages.map(({ content }) => content)].join("\n");
}

describe("Codex takes the catalogue of /v1/models", () => {
  test("from a file, where every fault of it is an error", async () => {
    await using stack = await startStack({ env: { MODEL_ALIASES: "gpt-5=DeepSeek-V3.2" } });
    await using task = await createTask();
    const served = (await get(`${stack.url}/v1/models?client_version=0.171.0`)).text;
    const file = join(task.home, "catalogue.json");
    await writeFile(file, served);
    const { code, stdout, stderr } = await runCodex(
      [`model_catalog_json="${file}"`],
      ["debug", "models"],
      task,
    );
    expect(code, stderr).toBe(0);
    expect(slugsOf(stdout)).toEqual(slugsOf(served));
    expect(slugsOf(stdout)).toContain("gpt-5");
  });

  test("from the gateway: it knows the model, and sends our short instructions instead of its own", async () => {
    await using stack = await startStack();
    await using task = await createTask();
    stack.simulator.enqueue({ text: "Good morning." });
    const settings = [...providerOf(stack, "Akash Chat"), `model="${model}"`];
    const { code, stdout, stderr } = await runCodex(settings, exec("Greet me."), task);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("Good morning.");
    expect(stderr).not.toMatch(/metadata/i);
    const sent = textOf(stack.simulator.chats[0]);
    expect(sent).toContain(codexInstructions.trim());
    expect(sent).not.toContain("You are Codex");
  });
});

test("Codex, which counts events and no comments, waits as long as the model is silent", async () => {
  await using stack = await startStack({ env: { RESPONSE_HOLD_MS: "0", HEARTBEAT_MS: "100" } });
  await using task = await createTask();
  const patience = 1500;
  async function* answer(): AsyncGenerator<string> {
    // The silence is what the test is about: Codex has no other clock.
    await setTimeout(2 * patience);
    yield "Good ";
    await setTimeout(2 * patience);
    yield "morning.";
  }
  stack.simulator.enqueue({ text: answer() });
  const provider = "model_providers.akash";
  const settings = [
    ...providerOf(stack, "Akash Chat"),
    `model="${model}"`,
    `${provider}.stream_idle_timeout_ms=${patience}`,
    `${provider}.stream_max_retries=0`,
  ];
  const { code, stdout, stderr } = await runCodex(settings, exec("Greet me."), task);
  expect(code, stderr).toBe(0);
  expect(stdout).toBe("Good morning.\n");
  expect(stack.simulator.chats).toHaveLength(1);
});

describe("a session of Codex that is compacted twice goes on", () => {
  const full = { promptTokens: 50_000, completionTokens: 20 };

  test.each([
    ["by the gateway", "OpenAI", /The conversation stops here/],
    ["by itself", "Akash Chat", /CONTEXT CHECKPOINT COMPACTION/],
  ])("%s, in the middle of its tool loop", async (_name, provider, words) => {
    await using stack = await startStack();
    await using task = await createTask();
    const { simulator } = stack;
    const asks = ({ messages }: ChatBody) => words.test(messages.at(-1)?.content ?? "");
    for (const text of ["GOAL: notes one. Read sum.js.", "GOAL: notes two. Wrote the file."])
      simulator.enqueue({ when: asks, text });
    const work = (body: ChatBody) => !asks(body);
    simulator.enqueue({ when: work, text: call("cat sum.js"), usage: full });
    simulator.enqueue({ when: work, text: call("echo twice > made.txt"), usage: full });
    simulator.enqueue({ when: work, text: "All is done." });

    const settings = [
      ...providerOf(stack, provider),
      `model="${model}"`,
      "model_auto_compact_token_limit=40000",
    ];
    const { code, stdout, stderr } = await runCodex(settings, exec("Make made.txt of sum.js."), task);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe("All is done.\n");
    expect(await readFile(join(task.folder, "made.txt"), "utf8")).toBe("twice\n");

    const [, first, afterFirst, second, afterSecond, ...more] = simulator.chats;
    expect(more).toEqual([]);
    expect(textOf(first)).toContain("return a - b;");
    expect(textOf(afterFirst)).toContain("GOAL: notes one.");
    expect(textOf(afterFirst)).not.toContain("return a - b;");
    expect(textOf(second)).toContain("GOAL: notes one.");
    expect(textOf(afterSecond)).toContain("GOAL: notes two.");
    expect(textOf(afterSecond)).toContain("Make made.txt of sum.js.");
  });
});

test("Codex goes on over HTTP at once when its WebSocket is refused", async () => {
  const lines: { status?: number; msg: string }[] = [];
  const log = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) });
  await using stack = await startStack({ overrides: { log } });
  await using task = await createTask();
  stack.simulator.enqueue({ text: "Good morning." });
  const sockets = "model_providers.akash.supports_websockets=true";
  const settings = [...providerOf(stack, "Akash Chat"), `model="${model}"`, sockets];
  const { code, stdout, stderr } = await runCodex(settings, exec("Greet me."), task);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("Good morning.");
  const asked = lines.map(({ msg, status }) => [msg, status]);
  expect(asked.filter(([message]) => String(message).endsWith("/v1/responses"))).toEqual([
    ["GET /v1/responses", 426],
    ["POST /v1/responses", 200],
  ]);
});
