import type Anthropic from "@anthropic-ai/sdk";
import { expect, it } from "vitest";

import {
  encodeModel,
  encodeModels,
  encodeClaudeCodeModels,
} from "../../../src/dialects/anthropic-messages/encode-models.ts";
import type { ShownModel } from "../../../src/dialects/shown-model.ts";
import { unknownCapabilities } from "../../../src/model/capabilities.ts";
import { shown } from "../../support/router-of.ts";

const deepseek = { id: "DeepSeek-V3.2", kind: "chat", name: "DeepSeek V3.2", contextLength: 128000 } as const;
const [yes, no] = [{ supported: true }, { supported: false }];

it("shows a model as Anthropic does", () => {
  expect(encodeModel(shown(deepseek))).toEqual({
    type: "model",
    id: "DeepSeek-V3.2",
    display_name: "DeepSeek V3.2",
    created_at: "1970-01-01T00:00:00Z",
    max_input_tokens: 128000,
    max_tokens: null,
    capabilities: {
      batch: no,
      citations: no,
      code_execution: no,
      context_management: {
        supported: true,
        clear_thinking_20251015: yes,
        clear_tool_uses_20250919: yes,
        compact_20260112: no,
      },
      effort: { supported: false, low: no, medium: no, high: no, xhigh: no, max: no },
      image_input: no,
      pdf_input: no,
      server_tools: { supported: false, code_execution: no, web_search: no },
      structured_outputs: yes,
      thinking: {
        supported: false,
        types: { adaptive: yes, between_tools: yes, disabled: yes, enabled: yes },
      },
    },
    lifecycle: "active",
    deprecated_at: null,
    retires_at: null,
    line: null,
    answers_now: true,
    tools: "emulated",
    upstreams: [
      {
        name: "upstream-1",
        model: "DeepSeek-V3.2",
        answers_now: true,
        context_length: 128000,
        tools: "emulated",
      },
    ],
  });
});

it("has what the SDK's own type wants, and says what of it a model has", () => {
  const thinking = { ...deepseek, capabilities: { ...unknownCapabilities, reasoning: "native" } } as const;
  const model: Anthropic.ModelInfo = encodeModel(shown({ ...thinking, maxOutputTokens: 8192 }, true));
  expect(model.max_tokens).toBe(8192);
  expect(model.capabilities).toMatchObject({
    effort: { supported: true, low: yes, high: yes },
    image_input: yes,
    thinking: yes,
  });
  expect(encodeModel(shown({ id: "AkashGen", kind: "image" })).capabilities).toBeNull();
});

it("lists all models on one page", () => {
  expect(encodeModels([shown(deepseek), shown({ id: "AkashGen", kind: "image" })])).toMatchObject({
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
  const models: readonly ShownModel[] = [
    shown({ ...deepseek, description: "Thinks well" }),
    shown({ id: "AkashGen", kind: "image" }),
    shown({ id: "claude-fast", kind: "chat" }),
  ];
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
