import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { startEdge } from "../support/start-edge.ts";
import { startStack } from "../support/start-stack.ts";
import { get } from "../support/post.ts";

const models = [
  { id: "DeepSeek-V3.2", kind: "chat", name: "DeepSeek V3.2", contextLength: 64_000 },
  { id: "Qwen/Qwen3-VL", kind: "chat" },
  { id: "AkashGen", kind: "image" },
] as const;

async function catalogue(url: string): Promise<Record<string, unknown>[]> {
  return (await get(`${url}/v1/models?client_version=0.171.0`)).json().models;
}

describe("Codex' catalogue", () => {
  test("has an entry for each chat model, with its true window and what it takes", async () => {
    await using edge = await startEdge({ models });
    expect(await catalogue(edge.url)).toMatchObject([
      {
        slug: "DeepSeek-V3.2",
        display_name: "DeepSeek V3.2",
        priority: 1,
        context_window: 64_000,
        auto_compact_token_limit: 48_000,
        input_modalities: ["text"],
        supported_reasoning_levels: [],
        truncation_policy: { mode: "tokens", limit: 2000 },
        apply_patch_tool_type: null,
        base_instructions: expect.stringMatching(/^You are a coding agent/),
      },
      {
        slug: "Qwen/Qwen3-VL",
        display_name: "Qwen/Qwen3-VL",
        priority: 2,
        input_modalities: ["text", "image"],
      },
    ]);
    for (const name of ["context_window", "auto_compact_token_limit"]) {
      expect((await catalogue(edge.url))[1]).not.toHaveProperty(name);
    }
  });

  test("has the aliases that have a name, under it", async () => {
    const MODEL_ALIASES =
      "gpt-5=DeepSeek-V3.2,gpt-*=DeepSeek-V3.2,gone=Other,pictures=AkashGen,deepseek-v3.2=Other";
    await using stack = await startStack({ env: { MODEL_ALIASES } });
    const entries = await catalogue(stack.url);
    const gpt = entries.filter(({ slug }) => slug === "gpt-5");
    expect(gpt).toMatchObject([{ display_name: expect.stringMatching(/^gpt-5 \(.+\)$/) }]);
    const slugs = entries.map(({ slug }) => slug);
    for (const name of ["gpt-*", "gone", "pictures", "AkashGen"]) expect(slugs).not.toContain(name);
  });

  test("comes only with client_version, and beside the lists that other clients read", async () => {
    await using edge = await startEdge({ models });
    const url = `${edge.url}/v1/models`;
    const anthropic = { "anthropic-version": "2023-06-01" };
    for (const headers of [{}, anthropic]) {
      const plain = (await get(url, headers)).json();
      expect(plain).not.toHaveProperty("models");
      const { models: entries, ...rest } = (await get(`${url}?client_version=0.171.0`, headers)).json();
      expect(rest).toEqual(plain);
      expect(entries).toHaveLength(2);
    }
    const query = { client_version: "0.171.0" };
    const openai = new OpenAI({ baseURL: `${edge.url}/v1`, apiKey: "any", defaultQuery: query });
    const ids: string[] = [];
    for await (const { id } of openai.models.list()) ids.push(id);
    const claude = new Anthropic({ baseURL: edge.url, apiKey: "any", defaultQuery: query });
    for await (const { id } of claude.models.list()) ids.push(id);
    expect(ids).toEqual([...models, ...models].map(({ id }) => id));
  });
});
