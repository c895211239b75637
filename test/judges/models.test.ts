/** Model ids as the `openai` SDK uses them. */
import { InternalServerError, NotFoundError } from "openai";
import { describe, expect, test } from "vitest";

import { startStack } from "../support/start-stack.ts";
import { anthropic, openai } from "./support/clients.ts";
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
    ["by its id without the vendor", "qwen3-30b-a3b", "Qwen/Qwen3-30B-A3B"],
    ["by the back end's without the vendor", "gpt-oss-120b", "openai-gpt-oss-120b"],
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
    ["openai-gpt-oss-12b", "openai-gpt-oss-120b"],
    ["Qwen3-30B", "Qwen/Qwen3-30B-A3B"],
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

  const aliases =
    "gpt-4o=DeepSeek-V3.2, claude-*=DeepSeek-V3.2, my/own=qwen/qwen3-30b-a3b, gone=Nothing, akashgen=AkashGen";

  test.each([
    [
      "on",
      [
        ["gpt-4o", "DeepSeek-V3.2"],
        ["my/own", "Qwen/Qwen3-30B-A3B"],
      ],
    ],
    ["off", []],
  ])("lists aliases that are names, behind the models: LIST_ALIASES=%s", async (LIST_ALIASES, expected) => {
    await using stack = await startStack({ env: { MODEL_ALIASES: aliases, LIST_ALIASES } });
    const listed = (await openai(stack).models.list()).data;
    const roots = listed.map((model) => [model.id, Reflect.get(model, "root")]);
    const own = roots.filter(([id, root]) => id === root);
    expect(roots).toEqual([...own, ...expected]);
    expect(new Set(listed.map(({ id }) => id.toLowerCase())).size).toBe(listed.length);
    for (const [id] of expected) {
      stack.simulator.enqueue({ text: "Hi" });
      expect(messageOf(await ways.whole(openai(stack), { model: id ?? "", messages })).content).toBe("Hi");
    }
  });

  test("comes in pages in Anthropic's form, both ways", async () => {
    await using stack = await startStack({ env: { MODEL_ALIASES: aliases } });
    const client = anthropic(stack);
    const all = (await client.models.list()).data.map(({ id }) => id);
    expect(all.length).toBeGreaterThan(4);
    for (const limit of [1, 2, all.length - 1, all.length, 1000]) {
      const ids: string[] = [];
      for await (const { id } of client.models.list({ limit })) ids.push(id);
      expect(ids).toEqual(all);
      const backwards: string[] = [];
      for await (const { id } of client.models.list({ limit, before_id: all.at(-1) ?? "" }))
        backwards.push(id);
      expect([...backwards].sort()).toEqual(all.slice(0, -1).sort());
    }
    const first = await client.models.list({ limit: 2 });
    expect(first).toMatchObject({ has_more: true, first_id: all[0], last_id: all[1] });
    const last = await client.models.list({ limit: 2, after_id: all.at(-2) ?? "" });
    expect(last).toMatchObject({ has_more: false, first_id: all.at(-1), last_id: all.at(-1) });
  });

  test.each([
    [{ limit: 0 }, "'limit' is not valid"],
    [{ limit: 1001 }, "'limit' is not valid"],
    [{ after_id: "nobody" }, "'after_id' is not valid: no model of the list has the id 'nobody'"],
    [{ before_id: "nobody" }, "'before_id' is not valid"],
    [{ after_id: "AkashGen", before_id: "AkashGen" }, "'after_id' and 'before_id' can't both"],
  ])("has no page for %j", async (query, words) => {
    await using stack = await startStack();
    const asking = anthropic(stack).models.list(query);
    await expect(asking).rejects.toThrow(words);
    await expect(asking).rejects.toMatchObject({ status: 400 });
  });

  test("answers auto with the first model that writes, and draws with the one that draws", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "Hi" });
    const answer = await ways.whole(openai(stack), { model: "auto", messages });
    const models = (await openai(stack).models.list()).data;
    expect(answer.model).toBe(models.find((model) => Reflect.get(model, "type") === "chat")?.id);
    stack.simulator.enqueue({ image: { prompt: "y", statuses: ["succeeded"] } });
    expect((await openai(stack).images.generate({ model: "auto", prompt: "x" })).data).toHaveLength(1);
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
