/** What a server with OpenAI's API refuses or breaks off, as the errors that SDKs know. */
import { APIError as AnthropicError } from "@anthropic-ai/sdk";
import { APIError as OpenAiError } from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import {
  htmlPage,
  type CompatibleScript,
  type PersonaName,
} from "../../../src/simulator/compatible/index.ts";
import { startCompatibleStack, type CompatibleStack } from "../../support/start-compatible-stack.ts";
import { anthropic, model, openai } from "../support/clients.ts";
import { expectSilence } from "../support/expect-silence.ts";

expectSilence();

const personas: readonly PersonaName[] = [
  "vllm",
  "sglang",
  "llama.cpp",
  "ollama",
  "lm-studio",
  "tgi",
  "openrouter",
  "akashml",
];
const messages = [{ role: "user" as const, content: "Hello." }];

/** How each SDK asks; all reject with an error of their own. */
const askers: Readonly<Record<string, (stack: CompatibleStack, id?: string) => Promise<unknown>>> = {
  "openai chat": (stack, id = model) => openai(stack).chat.completions.create({ model: id, messages }),
  "openai chat, streamed": (stack, id = model) =>
    openai(stack).chat.completions.stream({ model: id, messages }).finalChatCompletion(),
  "openai responses, streamed": async (stack, id = model) => {
    const answer = await openai(stack).responses.stream({ model: id, input: "Hello." }).finalResponse();
    if (answer.error !== null) throw new OpenAiError(500, answer.error, answer.error.message, undefined);
  },
  Anthropic: (stack, id = model) => anthropic(stack).messages.create({ model: id, max_tokens: 99, messages }),
  "Anthropic, streamed": (stack, id = model) =>
    anthropic(stack).messages.stream({ model: id, max_tokens: 99, messages }).finalMessage(),
};

/** The error that a request ends with. */
async function errorOf(asking: Promise<unknown>): Promise<OpenAiError | AnthropicError> {
  const error: unknown = await asking.then(
    () => "It was answered.",
    (reason: unknown) => reason,
  );
  if (error instanceof OpenAiError || error instanceof AnthropicError) return error;
  throw new Error(`Not an error of an SDK: ${String(error)}`, { cause: error });
}

const refusals: readonly (readonly [what: string, script: CompatibleScript, status: number | RegExp])[] = [
  ["a limit", { kind: "error", status: 429, headers: { "retry-after": "7" } }, 429],
  ["no credit", { kind: "error", status: 402 }, 402],
  ["a refused key", { kind: "error", status: 401 }, 502],
  ["a server's error", { kind: "error", status: 500 }, /^50[02]$/],
  ["too much to do", { kind: "error", status: 503, headers: { "retry-after": "3" } }, /^5\d\d$/],
  ["a proxy's page", htmlPage(504), /^50[24]$/],
  ["a page in place of an answer", { ...htmlPage(200) }, 502],
];

describe.each(personas)("%s", (persona) => {
  let stack: CompatibleStack;
  beforeAll(async () => {
    stack = await startCompatibleStack({
      persona,
      apiKey: "secret",
      models: [{ id: model, contextLength: 2000 }],
    });
  });
  afterAll(() => stack.close());
  beforeEach(() => stack.server.clear());

  describe.each(Object.entries(askers))("%s", (_name, ask) => {
    test.each(refusals)("is told of %s", async (_what, script, status) => {
      stack.server.enqueue(script);
      const error = await errorOf(ask(stack));
      if (typeof status === "number") expect(error.status).toBe(status);
      else expect(String(error.status)).toMatch(status);
      expect(error.message).not.toMatch(/<html|secret/i);
      if (status === 429) expect(error.headers?.get("retry-after")).toBe("7");
    });

    test("is told of an answer that breaks off", async () => {
      stack.server.enqueue({ kind: "answer", text: ["Once ", "upon"], breaks: { after: 1, how: "cut" } });
      expect((await errorOf(ask(stack))).message).toMatch(/broke off|ended|cut|before/i);
    });

    test("is told of an error in the middle", async () => {
      const how = { status: 500, message: "The engine died" };
      stack.server.enqueue({ kind: "answer", text: ["Once ", "upon"], breaks: { after: 1, how } });
      expect((await errorOf(ask(stack))).message).not.toBe("");
    });

    test("is told of a model that is not there, and which are", async () => {
      expect((await errorOf(ask(stack, "nobody"))).message).toContain(model);
    });
  });

  // It cuts such a prompt, and tells nobody.
  if (persona === "ollama") return;
  test("a prompt that is too long is known as such", async () => {
    const content = "word ".repeat(4000);
    const client = openai(stack).chat.completions;
    const error = await errorOf(client.create({ model, messages: [{ role: "user", content }] }));
    expect(error).toMatchObject({ status: 400, code: "context_length_exceeded" });
  });
});
