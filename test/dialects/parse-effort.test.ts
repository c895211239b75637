import { describe, expect, test } from "vitest";

import {
  parseCountTokens,
  parseRequest as parseMessages,
} from "../../src/dialects/anthropic-messages/index.ts";
import { parseRequest as parseChat } from "../../src/dialects/openai-chat/index.ts";
import { parseRequest as parseResponses, resolveRequest } from "../../src/dialects/openai-responses/index.ts";
import { parseEffort, toEffort } from "../../src/dialects/parse-effort.ts";
import { GatewayError } from "../../src/errors.ts";
import { efforts } from "../../src/model/request.ts";

const messages = [{ role: "user", content: "Hi" }];

function chat(fields: object) {
  const { request, spellings, ignored } = parseChat({ model: "m", messages, ...fields });
  return [request.effort, spellings.effort ?? [], ignored];
}

function anthropic(fields: object) {
  const body = { model: "m", max_tokens: 9, messages, ...fields };
  const { request, spellings, ignored } = parseMessages(body);
  expect(parseCountTokens(body).request.effort).toBe(request.effort);
  return [request.effort, spellings.effort ?? [], ignored];
}

function responses(fields: object) {
  const { request, spellings, ignored } = resolveRequest(
    parseResponses({ model: "m", input: "Hi", ...fields }),
    {
      responseId: "resp_1",
      history: [],
      references: new Map<string, never>(),
      openSummary: () => undefined,
      temperature: undefined,
      topP: undefined,
    },
  );
  return [request.effort, spellings.effort ?? [], ignored];
}

test.each(efforts)("%s is itself, in any case", (effort) => {
  expect([parseEffort(effort), parseEffort(effort.toUpperCase())]).toEqual([effort, effort]);
});

test.each([
  ["ultra", "max"],
  ["Maximum", "max"],
  ["x-high", "xhigh"],
  ["extra_high", "xhigh"],
  ["off", "none"],
  ["minimum", "minimal"],
  ["auto", undefined],
  ["default", undefined],
  ["constructor", undefined],
  ["", undefined],
  [undefined, undefined],
])("the word %s is %s", (word, effort) => {
  expect(parseEffort(word)).toBe(effort);
});

test.each([
  [-1, undefined],
  [0, "none"],
  [1, "minimal"],
  [1023, "minimal"],
  [1024, "low"],
  [4000, "low"],
  [4096, "medium"],
  [10_000, "medium"],
  [16_384, "high"],
  [31_999, "high"],
  [32_768, "xhigh"],
  [1e9, "xhigh"],
])("a budget of %i tokens is %s", (tokens, effort) => {
  expect(toEffort(tokens)).toBe(effort);
});

describe("Chat Completions", () => {
  test.each<[object, string | undefined, readonly string[], readonly string[]]>([
    [{}, undefined, [], []],
    [{ reasoning_effort: null, reasoning: null, thinking: null }, undefined, [], []],
    [{ reasoning_effort: "ultra" }, "max", ["reasoning_effort"], []],
    [{ reasoning_effort: "auto" }, undefined, [], ["reasoning_effort"]],
    [{ reasoning_effort: 0.5 }, "medium", ["reasoning_effort"], []],
    [{ reasoning_effort: 0.99 }, "max", ["reasoning_effort"], []],
    [{ reasoning: "off" }, "none", ["reasoning"], []],
    [{ reasoning: true }, "medium", ["reasoning"], []],
    [{ reasoning: "some" }, undefined, [], ["reasoning"]],
    [{ reasoning: { effort: "xhigh" } }, "xhigh", ["reasoning.effort"], []],
    [{ reasoning: { max_tokens: 2000 } }, "low", ["reasoning.max_tokens"], []],
    [{ reasoning: { max_tokens: -1 } }, undefined, [], ["reasoning.max_tokens"]],
    [{ reasoning: { enabled: true } }, "medium", ["reasoning.enabled"], []],
    [{ reasoning: { enabled: false } }, "none", ["reasoning.enabled"], []],
    [{ reasoning: { exclude: true, summary: "auto" } }, undefined, [], ["reasoning.summary"]],
    [
      { reasoning: { effort: "high", enabled: false } },
      "none",
      ["reasoning.effort", "reasoning.enabled"],
      [],
    ],
    [
      { reasoning_effort: "low", reasoning: { effort: "high" } },
      "low",
      ["reasoning_effort", "reasoning.effort"],
      [],
    ],
    [
      { chat_template_kwargs: { enable_thinking: false, custom: 1 } },
      "none",
      ["chat_template_kwargs.enable_thinking"],
      ["chat_template_kwargs.custom"],
    ],
    [{ chat_template_kwargs: { thinking: true } }, "medium", ["chat_template_kwargs.thinking"], []],
    [
      { chat_template_kwargs: { enable_thinking: "false" } },
      undefined,
      [],
      ["chat_template_kwargs.enable_thinking"],
    ],
    [{ enable_thinking: false }, "none", ["enable_thinking"], []],
    [{ thinking: { type: "disabled" } }, "none", ["thinking.type"], []],
    [
      { thinking: { type: "enabled", clear_thinking: true } },
      "medium",
      ["thinking.type"],
      ["thinking.clear_thinking"],
    ],
    [{ thinking: "hard" }, undefined, [], ["thinking"]],
  ])("%j", (fields, effort, spelled, unheard) => {
    const [read, names, ignored] = chat(fields);
    expect([read, names]).toEqual([effort, spelled]);
    expect(ignored).toEqual([...spelled, ...unheard]);
  });

  test.each([
    [{ reasoning: { exclude: true } }, "drop"],
    [{ reasoning: { exclude: false } }, undefined],
    [{ reasoning: { exclude: true }, reasoning_format: "raw" }, "drop"],
  ])("%j shows thinking as %s", (fields, mode) => {
    expect(parseChat({ model: "m", messages, ...fields }).request.reasoning).toBe(mode);
  });

  test.each([
    [{ reasoning_effort: 3 }, "reasoning_effort"],
    [{ reasoning_effort: {} }, "reasoning_effort"],
    [{ reasoning: 1 }, "reasoning"],
    [{ reasoning: { effort: true } }, "reasoning.effort"],
    [{ reasoning: { max_tokens: 1.5 } }, "reasoning.max_tokens"],
    [{ reasoning: { enabled: "no" } }, "reasoning.enabled"],
    [{ chat_template_kwargs: [] }, "chat_template_kwargs"],
  ])("%j is refused by its name", (fields, param) => {
    expect(() => chat(fields)).toThrow(expect.objectContaining({ param, kind: "invalid-request" }));
  });
});

test.each<[object, string | undefined, readonly string[], readonly string[]]>([
  [{}, undefined, [], []],
  [{ thinking: { type: "disabled" } }, "none", [], []],
  [{ thinking: { type: "adaptive" } }, undefined, [], []],
  [
    { thinking: { type: "enabled", budget_tokens: 31_999 } },
    "high",
    ["thinking.budget_tokens"],
    ["thinking.budget_tokens"],
  ],
  [
    { thinking: { type: "adaptive" }, output_config: { effort: "max" } },
    "max",
    ["output_config.effort"],
    ["output_config.effort"],
  ],
  [
    { thinking: { type: "enabled", budget_tokens: 2000 }, output_config: { effort: "high" } },
    "high",
    ["output_config.effort", "thinking.budget_tokens"],
    ["output_config.effort", "thinking.budget_tokens"],
  ],
  [
    { thinking: { type: "disabled" }, output_config: { effort: "high" } },
    "none",
    [],
    ["output_config.effort"],
  ],
  [{ output_config: { effort: "auto" } }, undefined, [], ["output_config.effort"]],
  [
    {
      output_config: { effort: "low" },
      messages: [...messages, { role: "system", output_config: { effort: "xhigh" } }],
    },
    "xhigh",
    ["output_config.effort"],
    ["output_config.effort"],
  ],
])("Messages: %j", (fields, effort, spelled, unheard) => {
  expect(anthropic(fields)).toEqual([effort, spelled, unheard]);
});

const update = (effort: string) => ({ type: "configuration_update", reasoning: { effort } });
const hi = { role: "user", content: "Hi" };
const updates = "input[configuration_update].reasoning";

test.each<[object, string | undefined, readonly string[], readonly string[]]>([
  [{ reasoning: { effort: "minimal" } }, "minimal", ["reasoning.effort"], ["reasoning.effort"]],
  [{ reasoning: { effort: "auto" } }, undefined, [], ["reasoning.effort"]],
  [{ reasoning: { summary: "auto" } }, undefined, [], []],
  [{ input: [hi, update("low"), update("high")] }, "high", [updates], [updates]],
  [
    { input: [hi, update("low")], reasoning: { effort: "high" } },
    "low",
    ["reasoning.effort", updates],
    ["reasoning.effort", updates],
  ],
  // A summary is written without.
  [
    { input: [hi, { type: "compaction_trigger" }], reasoning: { effort: "high" } },
    undefined,
    [],
    ["reasoning.effort"],
  ],
])("Responses: %j", (fields, effort, spelled, unheard) => {
  expect(responses(fields)).toEqual([effort, spelled, unheard]);
});

test("a refusal is one of the request", () => {
  expect(() => chat({ reasoning: 1 })).toThrow(GatewayError);
});
