/** The same request to both kinds of upstream: what each is sent, and which parameters are named as ignored. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { JsonObject } from "../../src/upstreams/openai-compatible/read-json.ts";
import { type CompatibleSimulator, startCompatibleSimulator } from "../../src/simulator/compatible/index.ts";
import { post, type AnyJson, type Reply } from "../support/post.ts";
import { type LoggedStack, startLogged } from "../support/start-logged.ts";

const served = [{ id: "deepseek-ai/DeepSeek-V3.2", reasoning: true }];
const messages = [{ role: "user", content: "Hi" }];

interface Case {
  readonly path: string;
  readonly body: JsonObject;
  /** Named wherever the request is answered. */
  readonly always: readonly string[];
  /** Named where only the usual parameters are taken. */
  readonly rare: readonly string[];
  /** What a server of vLLM's kind is sent. */
  readonly sent: JsonObject;
}

const sampling = {
  temperature: 0.5,
  top_p: 0.9,
  seed: 7,
  frequency_penalty: 1,
  presence_penalty: -1,
  top_k: 40,
  min_p: 0.1,
  repeat_penalty: 1.1,
};
const sentSampling = {
  temperature: 0.5,
  top_p: 0.9,
  seed: 7,
  frequency_penalty: 1,
  presence_penalty: -1,
  top_k: 40,
  min_p: 0.1,
  repetition_penalty: 1.1,
};
const rareSampling = ["seed", "frequency_penalty", "presence_penalty", "top_k", "min_p", "repeat_penalty"];

const cases: Readonly<Record<string, Case>> = {
  "Chat Completions": {
    path: "/v1/chat/completions",
    body: { messages, ...sampling, reasoning_effort: "ultra", user: "u" },
    always: ["user"],
    rare: [...rareSampling, "reasoning_effort"],
    sent: { ...sentSampling, reasoning_effort: "max" },
  },
  "Chat Completions, as clients of OpenRouter speak": {
    path: "/v1/chat/completions",
    body: { messages, reasoning: { enabled: false, exclude: true } },
    always: [],
    rare: ["reasoning.enabled"],
    sent: { reasoning_effort: "none", chat_template_kwargs: { enable_thinking: false } },
  },
  Responses: {
    path: "/v1/responses",
    body: { input: "Hi", temperature: 0.5, reasoning: { effort: "low" }, user: "u" },
    always: ["user"],
    rare: ["reasoning.effort"],
    sent: { temperature: 0.5, reasoning_effort: "low" },
  },
  Messages: {
    path: "/v1/messages",
    body: {
      messages,
      max_tokens: 500,
      top_k: 40,
      thinking: { type: "enabled", budget_tokens: 5000 },
      metadata: { user_id: "u" },
    },
    always: ["metadata"],
    rare: ["top_k", "thinking.budget_tokens"],
    sent: { top_k: 40, reasoning_effort: "medium" },
  },
  Completions: {
    path: "/v1/completions",
    body: { prompt: "Hi", ...sampling, user: "u" },
    always: ["user"],
    rare: rareSampling,
    sent: sentSampling,
  },
};

const table = Object.entries(cases).flatMap(([name, one]) =>
  [false, true].map((stream) => [stream ? `${name}, streamed` : name, { ...one, stream }] as const),
);

function namesOf({ headers }: Reply): string[] {
  const header = headers["x-ignored-parameters"];
  return header === undefined ? [] : String(header).split(", ").toSorted();
}

let server: CompatibleSimulator;
let stack: LoggedStack;
beforeEach(async () => {
  server = await startCompatibleSimulator({ persona: "vllm", models: served });
  stack = await startLogged({ env: { COMPATIBLE_BASE_URL: server.baseUrl } });
});
afterEach(async () => {
  await stack.close();
  await server.close();
});

async function loggedNames(): Promise<readonly string[]> {
  const [line] = await stack.logged({ event: "request" }, 1);
  return (line.ignored ?? []).toSorted();
}

/** What the server was asked to write. */
const asked = () => server.requests.filter(({ path }) => /\/(?:chat\/)?completions$/.test(path));

describe.each(table)("%s", (_, { path, body, stream, always, rare, sent }) => {
  const ask = (model: string) => post(stack.url + path, { ...body, model, stream });
  const allNames = [...always, ...rare].toSorted();

  test("at Akash Chat the usual parameters have an effect", async () => {
    const reply = await ask("akash-chat/DeepSeek-V3.2");
    expect(reply.status, reply.text).toBe(200);
    expect(namesOf(reply)).toEqual(allNames);
    expect(await loggedNames()).toEqual(allNames);
    expect(stack.simulator.chats[0]?.body).toMatchObject("temperature" in sent ? { temperature: 0.5 } : {});
    expect(asked()).toEqual([]);
  });

  test("at a server like vLLM all that it takes", async () => {
    const reply = await ask("compatible/deepseek-ai/DeepSeek-V3.2");
    expect(reply.status, reply.text).toBe(200);
    expect(asked()[0]?.body).toMatchObject(sent);
    expect(namesOf(reply)).toEqual(always);
    expect(await loggedNames()).toEqual(always);
  });

  test("behind a failure it is that of who answered", async () => {
    stack.simulator.enqueue({ error: { kind: "usage" } });
    const reply = await ask("DeepSeek-V3.2");
    expect(reply.status, reply.text).toBe(200);
    expect(reply.headers["x-upstream-attempts"]).toMatch(/^akash-chat.* compatible.*;answered/);
    expect(asked()[0]?.body).toMatchObject(sent);
    expect(namesOf(reply)).toEqual(always);
    expect(await loggedNames()).toEqual(always);
  });

  test("where all fail it is that of who was asked last, and an error has it, too", async () => {
    stack.simulator.enqueue({ error: { kind: "usage" } });
    server.enqueue({ kind: "error", status: 429 });
    const reply = await ask("DeepSeek-V3.2");
    expect(reply.status, reply.text).toBe(429);
    expect(namesOf(reply)).toEqual(always);
  });
});

test("what a server refuses by its name is named", async () => {
  server.enqueue({ kind: "error", status: 400, message: "Unsupported parameter: 'seed' is not supported." });
  const body = { model: "compatible/deepseek-ai/DeepSeek-V3.2", messages, seed: 7, top_k: 40 };
  const reply = await post(`${stack.url}/v1/chat/completions`, body);
  expect(reply.status, reply.text).toBe(200);
  expect(server.chats.map((chat) => (chat.body as AnyJson).seed)).toEqual([7, undefined]);
  expect(namesOf(reply)).toEqual(["seed"]);
});

test("a temperature that a model does not take is named, as all else that it does not", async () => {
  server.setModels([{ id: "o9", details: { supported_parameters: ["seed", "max_tokens", "reasoning"] } }]);
  const body = { model: "o9", messages, temperature: 0.5, top_p: 1, seed: 7, reasoning_effort: "high" };
  const reply = await post(`${stack.url}/v1/chat/completions`, body);
  expect(reply.status, reply.text).toBe(200);
  expect(namesOf(reply)).toEqual(["temperature", "top_p"]);
  const sent: AnyJson = server.chats[0]?.body;
  expect(sent).toMatchObject({ seed: 7, reasoning_effort: "high" });
  expect(sent).not.toHaveProperty("temperature");
});

test("several answers to one request have seeds of their own", async () => {
  const body = { model: "compatible/deepseek-ai/DeepSeek-V3.2", messages, seed: 7, n: 3 };
  const reply = await post(`${stack.url}/v1/chat/completions`, body);
  expect(reply.json().choices).toHaveLength(3);
  const seeds = server.chats.map((chat): number => (chat.body as AnyJson).seed);
  expect(seeds.toSorted((a, b) => a - b)).toEqual([7, 8, 9]);
});

test("a background response names what its first upstream does not take", async () => {
  const body = { input: "Hi", background: true, reasoning: { effort: "low" }, user: "u" };
  const ask = (model: string) => post(`${stack.url}/v1/responses`, { ...body, model });
  expect(namesOf(await ask("akash-chat/DeepSeek-V3.2"))).toEqual(["reasoning.effort", "user"]);
  expect(namesOf(await ask("compatible/deepseek-ai/DeepSeek-V3.2"))).toEqual(["user"]);
});
