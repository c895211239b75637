/** Thinking that clients send back goes to models that take it, in the fields of their servers, and to nobody else. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import {
  type CompatibleSimulator,
  type PersonaName,
  startCompatibleSimulator,
} from "../../src/simulator/compatible/index.ts";
import type { JsonObject } from "../../src/upstreams/openai-compatible/read-json.ts";
import { type AnyJson, post, type Reply } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

/** Ollama's have a tag. */
const id = "thinker:8b";
const thought = "The user is polite.";

interface Dialect {
  readonly path: string;
  /** A conversation in which the assistant has thought. */
  readonly body: JsonObject;
}

const dialects: Readonly<Record<string, Dialect>> = {
  "Chat Completions": {
    path: "/v1/chat/completions",
    body: {
      messages: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello.", reasoning_content: thought },
        { role: "user", content: "Go on." },
      ],
    },
  },
  "Chat Completions, by OpenRouter's name": {
    path: "/v1/chat/completions",
    body: {
      messages: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello.", reasoning_content: "", reasoning: thought },
        { role: "user", content: "Go on." },
      ],
    },
  },
  Messages: {
    path: "/v1/messages",
    body: {
      max_tokens: 500,
      messages: [
        { role: "user", content: "Hi" },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: thought, signature: "s" },
            { type: "redacted_thinking", data: "x" },
            { type: "text", text: "Hello." },
          ],
        },
        { role: "user", content: "Go on." },
      ],
    },
  },
  "Responses, a summary": {
    path: "/v1/responses",
    body: {
      input: [
        { role: "user", content: "Hi" },
        { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: thought }] },
        { role: "assistant", content: "Hello." },
        { role: "user", content: "Go on." },
      ],
    },
  },
  "Responses, its text": {
    path: "/v1/responses",
    body: {
      input: [
        { role: "user", content: "Hi" },
        {
          type: "reasoning",
          summary: [{ type: "summary_text", text: "In short." }],
          content: [{ type: "reasoning_text", text: thought }],
          encrypted_content: "x",
        },
        { role: "assistant", content: "Hello." },
        { role: "user", content: "Go on." },
      ],
    },
  },
};

const both = { reasoning: thought, reasoning_content: thought };
/** In which fields a message gives thinking back. */
const fields: Readonly<Partial<Record<PersonaName, JsonObject>>> = {
  vllm: both,
  sglang: { reasoning_content: thought },
  "llama.cpp": { reasoning_content: thought },
  ollama: { reasoning: thought },
  openrouter: { reasoning: thought },
  akashml: { reasoning_content: thought },
  "lm-studio": {},
  tgi: {},
};

const types: Readonly<Partial<Record<PersonaName, string>>> = {
  openrouter: "openrouter",
  akashml: "akashml",
  tgi: "tgi",
};

/** A gateway whose second upstream has a model that is known to think. */
async function startThinking(persona: PersonaName): Promise<{
  readonly stack: Stack;
  readonly server: CompatibleSimulator;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const server = await startCompatibleSimulator({ persona, models: [{ id, reasoning: true }] });
  const upstreams = [
    { name: "akash-chat", type: "akash-chat" },
    { name: "mine", type: types[persona] ?? "openai", base_url: server.baseUrl, api_key: "k" },
  ];
  const folder = await mkdtemp(join(tmpdir(), "thinking-"));
  const file = join(folder, "gateway.yaml");
  await writeFile(file, JSON.stringify({ upstreams }));
  const stack = await startStack({ env: { CONFIG_FILE: file } });
  server.enqueue({ kind: "answer", reasoning: "Hm.", text: "Yes." });
  const first = await post(`${stack.url}/v1/chat/completions`, {
    model: `mine/${id}`,
    messages: [{ role: "user", content: "Do you think?" }],
  });
  expect(first.status, first.text).toBe(200);
  return {
    stack,
    server,
    async [Symbol.asyncDispose]() {
      await stack.close();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

const ask = (stack: Stack, { path, body }: Dialect, model: string): Promise<Reply> =>
  post(stack.url + path, { ...body, model });

const assistantOf = (body: unknown): AnyJson =>
  (body as AnyJson).messages.find(({ role }: AnyJson) => role === "assistant");

test.each(Object.entries(fields))("%s gets it in its own fields", async (persona, expected) => {
  await using both = await startThinking(persona as PersonaName);
  for (const [name, dialect] of Object.entries(dialects)) {
    const reply = await ask(both.stack, dialect, `mine/${id}`);
    expect(reply.status, reply.text).toBe(200);
    expect(assistantOf(both.server.chats.at(-1)?.body), name).toEqual({
      role: "assistant",
      content: "Hello.",
      ...expected,
    });
  }
});

describe("Akash Chat", () => {
  test.each(Object.entries(dialects))("is not shown it: %s", async (_, dialect) => {
    await using stack = await startStack();
    const reply = await ask(stack, dialect, "DeepSeek-V3.2");
    expect(reply.status, reply.text).toBe(200);
    expect(JSON.stringify(stack.simulator.chats[0]?.body)).not.toContain(thought);
  });
});

async function count(stack: Stack, model: string, counted: unknown): Promise<number> {
  const url = `${stack.url}/v1/messages/count_tokens`;
  return (await post(url, { ...(counted as object), model })).json().input_tokens;
}

test("it counts where it is sent, and there alone", async () => {
  const long = "really ".repeat(500);
  const { body } = dialects["Messages"] ?? { body: {} };
  const grown = JSON.parse(JSON.stringify(body).replace(thought, long));
  for (const [persona, counts] of [
    ["vllm", true],
    ["lm-studio", false],
  ] as const) {
    await using both = await startThinking(persona);
    const more =
      (await count(both.stack, `mine/${id}`, grown)) - (await count(both.stack, `mine/${id}`, body));
    expect(more >= 400, persona).toBe(counts);
    const web = "akash-chat/DeepSeek-V3.2";
    expect(await count(both.stack, web, grown)).toBe(await count(both.stack, web, body));
  }
});

test("clearing it is told to save what it was", async () => {
  await using both = await startThinking("vllm");
  const { body } = dialects["Messages"] ?? { body: {} };
  const { messages } = JSON.parse(JSON.stringify(body).replace(thought, "really ".repeat(500)));
  const edited = {
    ...body,
    messages: [...messages.slice(0, 2), ...messages],
    context_management: { edits: [{ type: "clear_thinking_20251015" }] },
  };
  for (const [model, least, most] of [
    [`mine/${id}`, 400, 600],
    ["akash-chat/DeepSeek-V3.2", 0, 0],
  ] as const) {
    const reply = await ask(both.stack, { path: "/v1/messages", body: edited }, model);
    expect(reply.status, reply.text).toBe(200);
    const [edit] = reply.json().context_management.applied_edits;
    expect(edit).toMatchObject({ type: "clear_thinking_20251015", cleared_thinking_turns: 1 });
    expect(edit.cleared_input_tokens).toBeGreaterThanOrEqual(least);
    expect(edit.cleared_input_tokens).toBeLessThanOrEqual(most);
  }
});

test("the next response of a chain brings it along, a summary does not", async () => {
  await using both = await startThinking("vllm");
  const { stack, server } = both;
  const url = `${stack.url}/v1/responses`;
  server.enqueue({ kind: "answer", reasoning: thought, text: "Hello." });
  const model = `mine/${id}`;
  const first = await post(url, { model, input: "Hi" });
  const next = { model, previous_response_id: first.json().id, input: "Go on." };
  expect((await post(url, next)).status).toBe(200);
  expect(assistantOf(server.chats.at(-1)?.body)).toMatchObject({ reasoning: thought, content: "Hello." });
  const compacted = await post(`${url}/compact`, next);
  expect(compacted.status, compacted.text).toBe(200);
  const sent = JSON.stringify(server.chats.at(-1)?.body);
  expect(sent).toContain("Hello.");
  expect(sent).not.toContain(thought);
});
