import { expect, it } from "vitest";

import {
  encodeModel,
  encodeModels,
  encodeClaudeCodeModels,
} from "../../../src/dialects/anthropic-messages/encode-models.ts";

const deepseek = { id: "DeepSeek-V3.2", kind: "chat", name: "DeepSeek V3.2", contextLength: 128000 } as const;

it("shows a model as Anthropic does", () => {
  expect(encodeModel(deepseek)).toEqual({
    type: "model",
    id: "DeepSeek-V3.2",
    display_name: "DeepSeek V3.2",
    created_at: "1970-01-01T00:00:00Z",
    max_input_tokens: 128000,
  });
});

it("lists all models on one page", () => {
  expect(encodeModels([deepseek, { id: "AkashGen", kind: "image" }])).toMatchObject({
    data: [{ id: "DeepSeek-V3.2" }, { id: "AkashGen", display_name: "AkashGen", max_input_tokens: null }],
    has_more: false,
    first_id: "DeepSeek-V3.2",
    last_id: "AkashGen",
  });
});

it("lists nothing without first and last", () => {
  expect(encodeModels([])).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
});

it("gives Claude Code the chat models under ids that it takes and does not know", () => {
  const models = [
    { ...deepseek, description: "Thinks well" },
    { id: "AkashGen", kind: "image" },
    { id: "claude-fast", kind: "chat" },
  ] as const;
  const list = encodeClaudeCodeModels(models);
  expect(list).toMatchObject({
    data: [
      {
        id: "claude-akash/DeepSeek-V3.2",
        display_name: "DeepSeek V3.2 (akashchat-api)",
        description: "Thinks well",
        max_input_tokens: 128000,
      },
      { id: "claude-fast" },
    ],
    first_id: "claude-akash/DeepSeek-V3.2",
    last_id: "claude-fast",
  });
});
