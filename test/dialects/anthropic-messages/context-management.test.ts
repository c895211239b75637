import { expect, test } from "vitest";

import { parseCountTokens, parseRequest } from "../../../src/dialects/anthropic-messages/parse-request.ts";
import { readPackageTypes } from "../../support/read-types.ts";

const body = (edits: unknown) => ({
  model: "m",
  max_tokens: 1,
  messages: [{ role: "user", content: "Hi" }],
  context_management: { edits },
});
const uses = { type: "clear_tool_uses_20250919" };
const thinking = { type: "clear_thinking_20251015" };
const defaults = {
  kind: "clear-tool-uses",
  trigger: { unit: "input-tokens", value: 100_000 },
  keep: 3,
  clearAtLeast: 0,
  excludeTools: [],
  clearInputs: false,
};

test.each([
  [[], []],
  [null, []],
  [[uses], [defaults]],
  [
    [
      {
        ...uses,
        trigger: { type: "tool_uses", value: 5 },
        keep: { type: "tool_uses", value: 0 },
        clear_at_least: { type: "input_tokens", value: 100 },
        exclude_tools: ["Read"],
        clear_tool_inputs: ["Bash"],
      },
    ],
    [
      {
        kind: "clear-tool-uses",
        trigger: { unit: "tool-uses", value: 5 },
        keep: 0,
        clearAtLeast: 100,
        excludeTools: ["Read"],
        clearInputs: ["Bash"],
      },
    ],
  ],
  [[{ ...uses, clear_tool_inputs: true, clear_at_least: null }], [{ ...defaults, clearInputs: true }]],
  [[thinking], [{ kind: "clear-thinking", keep: 1 }]],
  [[{ ...thinking, keep: "all" }], [{ kind: "clear-thinking", keep: "all" }]],
  [[{ ...thinking, keep: { type: "all" } }], [{ kind: "clear-thinking", keep: "all" }]],
  [
    [{ ...thinking, keep: { type: "thinking_turns", value: 4 } }, uses],
    [{ kind: "clear-thinking", keep: 4 }, defaults],
  ],
])("the edits %j are understood", (edits, expected) => {
  expect(parseRequest(body(edits)).contextEdits).toEqual(expected);
  expect(parseCountTokens(body(edits)).contextEdits).toEqual(expected);
  expect(parseRequest(body(edits)).ignored).toEqual([]);
});

test("without context management there is nothing to tell", () => {
  const { context_management: _, ...bare } = body([]);
  expect(parseRequest(bare).contextEdits).toBeUndefined();
  expect(parseRequest({ ...bare, context_management: null }).contextEdits).toBeUndefined();
});

test("compaction is named as ignored", () => {
  expect(parseRequest(body([{ type: "compact_20260112", trigger: null }]))).toMatchObject({
    contextEdits: [],
    ignored: ["context_management.edits[compact_20260112]"],
  });
});

test.each([
  ["edits", "all", /list|array/i],
  ["edits.0.type", [{ type: "clear_all" }], /clear_tool_uses_20250919 or clear_thinking_20251015/],
  ["edits.0.type", [{}], /clear_tool_uses_20250919/],
  [
    "edits.1.trigger.type",
    [uses, { ...uses, trigger: { type: "turns", value: 1 } }],
    /'input_tokens' or 'tool_uses'/,
  ],
  [
    "edits.0.trigger.value",
    [{ ...uses, trigger: { type: "tool_uses", value: 0 } }],
    /greater than or equal to 1/,
  ],
  ["edits.0.trigger.value", [{ ...uses, trigger: { type: "tool_uses", value: 1.5 } }], /integer/],
  ["edits.0.keep.type", [{ ...uses, keep: { type: "input_tokens", value: 1 } }], /'tool_uses'/],
  ["edits.0.keep.value", [{ ...uses, keep: { type: "tool_uses", value: -1 } }], /greater than or equal to 0/],
  ["edits.0.keep.value", [{ ...uses, keep: { type: "tool_uses" } }], /./],
  [
    "edits.0.clear_at_least.type",
    [{ ...uses, clear_at_least: { type: "tool_uses", value: 1 } }],
    /'input_tokens'/,
  ],
  ["edits.0.exclude_tools", [{ ...uses, exclude_tools: "Read" }], /array/],
  ["edits.0.clear_tool_inputs", [{ ...uses, clear_tool_inputs: "yes" }], /boolean or a list/],
  ["edits.0", [{ ...uses, keeps: 3 }], /keeps/],
  ["edits.0.keep", [{ ...thinking, keep: "some" }], /'all', or a number of thinking_turns/],
  ["edits.0.keep.value", [{ ...thinking, keep: { type: "thinking_turns", value: 0 } }], /equal to 1/],
])("a wrong %s is refused by its name", (field, edits, says) => {
  for (const parse of [parseRequest, parseCountTokens]) {
    expect(() => parse(body(edits))).toThrow(says);
    expect(() => parse(body(edits))).toThrow(
      expect.objectContaining({ kind: "invalid-request", param: `context_management.${field}` }),
    );
  }
});

test("every edit and every field of it that the SDK's types have is known", async () => {
  const types = await readPackageTypes("@anthropic-ai/sdk/resources/beta/messages/messages.d.ts");
  const samples: Record<string, unknown> = {
    trigger: { type: "input_tokens", value: 5 },
    clear_at_least: { type: "input_tokens", value: 5 },
    exclude_tools: ["a"],
    clear_tool_inputs: true,
  };
  for (const [name, edit] of [
    ["BetaClearToolUses20250919Edit", { ...uses, keep: { type: "tool_uses", value: 1 } }],
    ["BetaClearThinking20251015Edit", { ...thinking, keep: "all" }],
    ["BetaCompact20260112Edit", { type: "compact_20260112" }],
  ] as const) {
    const fields = types.propertiesOf(name).filter((field) => !(field in edit) && field in samples);
    const filled = { ...Object.fromEntries(fields.map((field) => [field, samples[field]])), ...edit };
    expect(() => parseRequest(body([filled])), name).not.toThrow();
    const undecided = types.propertiesOf(name).filter((field) => !(field in filled));
    expect(undecided.filter(() => name !== "BetaCompact20260112Edit")).toEqual([]);
  }
  expect(types.propertiesOf("BetaContextManagementConfig")).toEqual(["edits"]);
});
