import { expect, test } from "vitest";

import type { ModelObject } from "../../src/console/api/types.ts";
import { findTarget, writeAliases } from "../../src/console/domain/aliases.ts";

const model = (id: string, aliasOf: string | null = null): ModelObject => ({
  id,
  kind: "chat",
  alias_of: aliasOf,
  answers_now: true,
  context_length: null,
  max_output_length: null,
  upstreams: [],
});
const known = {
  models: [model("DeepSeek-V3.2"), model("gpt-4o", "DeepSeek-V3.2"), model("claude-native")],
  aliases: [
    { name: "gpt-4o", model: "DeepSeek-V3.2" },
    { name: "claude-sonnet-*", model: "DeepSeek-V3.2" },
    { name: "claude-*", model: "Qwen3" },
    { name: "gone", model: null },
    { name: "a.b*", model: "DeepSeek-V3.2" },
  ],
};

test.each([
  ["gpt-4o", "DeepSeek-V3.2"],
  ["GPT-4O", "DeepSeek-V3.2"],
  ["claude-sonnet-4-5", "DeepSeek-V3.2"],
  ["claude-opus-4-1", "Qwen3"],
  ["claude-native", "claude-native"],
  ["deepseek-v3.2", "DeepSeek-V3.2"],
  ["gone", undefined],
  ["a.bc", "DeepSeek-V3.2"],
  ["axbc", undefined],
  ["gpt-5", undefined],
])("%s leads to %s", (name, target) => {
  expect(findTarget(name, known)).toBe(target);
});

test("the setting to copy keeps what there is, behind what is new", () => {
  expect(writeAliases(known.aliases.slice(2, 4), ["claude-opus-*", "gpt-*"], "DeepSeek-V3.2")).toBe(
    "claude-opus-*=DeepSeek-V3.2,gpt-*=DeepSeek-V3.2,claude-*=Qwen3",
  );
});
