/** Model ids as the `openai` SDK uses them. */
import { InternalServerError, NotFoundError } from "openai";
import { describe, expect, test } from "vitest";

import { startStack } from "../support/start-stack.ts";
import { openai } from "./support/clients.ts";
import { expectSilence } from "./support/expect-silence.ts";
import { everyWay, messageOf, ways } from "./support/ways.ts";

expectSilence();

const messages = [{ role: "user" as const, content: "Hi" }];

describe.each(everyWay)("a model is found (%s)", (way) => {
  test.each([
    ["by its id", "DeepSeek-V3.2", "DeepSeek-V3.2"],
    ["by its id with a slash", "Qwen/Qwen3-30B-A3B", "Qwen/Qwen3-30B-A3B"],
    ["by its id in another case", "qwen/QWEN3-30b-a3b", "Qwen/Qwen3-30B-A3B"],
    ["by the id that its back end has", "deepseek-ai/DeepSeek-V3.2", "DeepSeek-V3.2"],
    ["by an alias", "gpt-4o", "DeepSeek-V3.2"],
    ["by an alias in another case", "GPT-4o", "DeepSeek-V3.2"],
    ["by an alias with a slash", "openai/gpt-5", "Qwen/Qwen3-30B-A3B"],
    ["by a pattern", "claude-sonnet-9", "Kimi-K2-Instruct"],
  ])("%s", async (_how, id, upstreamId) => {
    await using stack = await startStack({
      env: {
        MODEL_ALIASES: "gpt-4o=DeepSeek-V3.2, openai/gpt-5=qwen/qwen3-30b-a3b, claude-*=Kimi-K2-Instruct",
      },
    });
    stack.simulator.enqueue({ text: "Hi", when: (body) => body.model === upstreamId });
    const answer = await ways[way](openai(stack), { model: id, messages });
    expect(messageOf(answer).content).toBe("Hi");
    expect(answer.model).toBe(upstreamId);
  });

  test.each([
    ["deepseek v3.2", "DeepSeek-V3.2"],
    ["Deepsek-V3.2", "DeepSeek-V3.2"],
    ["gpt-oss-120b", "openai-gpt-oss-120b"],
    ["Qwen3-30B-A3B", "Qwen/Qwen3-30B-A3B"],
  ])("or the nearest one is named: %s", async (id, near) => {
    await using stack = await startStack();
    const answer = ways[way](openai(stack), { model: id, messages });
    await expect(answer).rejects.toThrow(`Did you mean \`${near}\`?`);
    await expect(answer).rejects.toMatchObject({ code: "model_not_found", param: "model" });
    expect(stack.simulator.chats).toHaveLength(0);
  });
});

describe("GET /v1/models", () => {
  test.each([
    ["Qwen/Qwen3-30B-A3B", "Qwen/Qwen3-30B-A3B"],
    ["qwen/qwen3-30b-a3b", "Qwen/Qwen3-30B-A3B"],
    ["my/own/name", "Qwen/Qwen3-30B-A3B"],
  ])("tells of %s, with its limits and defaults", async (id, upstreamId) => {
    await using stack = await startStack({ env: { MODEL_ALIASES: "my/own/name=Qwen/Qwen3-30B-A3B" } });
    expect(await openai(stack).models.retrieve(id)).toMatchObject({
      id: upstreamId,
      object: "model",
      context_length: 32_768,
      default_parameters: { temperature: 0.6, top_p: 0.95 },
    });
  });

  test("lists what Akash Chat offers", async () => {
    await using stack = await startStack();
    const ids: string[] = [];
    for await (const { id } of openai(stack).models.list()) ids.push(id);
    expect(ids).toEqual(expect.arrayContaining(["AkashGen", "DeepSeek-V3.2", "Qwen/Qwen3-30B-A3B"]));
  });

  test("does not know others", async () => {
    await using stack = await startStack();
    const unknown = await openai(stack)
      .models.retrieve("nobody/knows")
      .catch((error: unknown) => error);
    expect(unknown instanceof NotFoundError || unknown instanceof InternalServerError).toBe(true);
    expect(unknown).toMatchObject({ code: "model_not_found" });
  });
});
