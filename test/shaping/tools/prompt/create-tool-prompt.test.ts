import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, test } from "vitest";
import type { ToolDefinition } from "../../../../src/model/request.ts";
import { createToolPrompt } from "../../../../src/shaping/tools/index.ts";
import type { ToolRequest } from "../../../../src/shaping/tools/index.ts";
import { agentTools } from "../../../fixtures/tool-calls/agent-tools.ts";

const weather: ToolDefinition = {
  name: "get_weather",
  description: "Tells the weather.\n\n   Only of   cities.",
  parameters: {
    type: "object",
    properties: {
      city: { type: "string", description: "Its\n name" },
      days: { type: "integer", maximum: 7 },
    },
    required: ["city"],
  },
};

function prompt(overrides: Partial<ToolRequest> = {}, model = "Meta-Llama-3-3-70B-Instruct"): string {
  return createToolPrompt(
    { tools: [weather], toolChoice: { kind: "auto" }, parallelToolCalls: true, ...overrides },
    model,
  );
}

function inShort(shortened: ReadonlySet<string>, tools: readonly ToolDefinition[] = agentTools): string {
  const model = "Meta-Llama-3-3-70B-Instruct";
  return createToolPrompt({ tools, toolChoice: { kind: "auto" }, parallelToolCalls: true }, model, shortened);
}

/** What is no description: names, types, enums and question marks. */
function signaturesOf(text: string): readonly string[] {
  const bare = text.replaceAll(/ \/\/ .*$| \/\* .*? \*\//gm, "");
  return bare.match(/^(## (?!Note).*|\s+\S.*: .*|\s*\}.*)$/gm) ?? [];
}

describe("the tool prompt", () => {
  test("is empty without tools and when no tool may be called", () => {
    expect(prompt({ tools: [] })).toBe("");
    expect(prompt({ toolChoice: { kind: "none" } })).toBe("");
  });

  test("shows a tool as a signature, its description without needless blanks", () => {
    expect(prompt()).toContain(
      "## get_weather {\n city: string // Its name\n days?: integer // maximum=7\n}\nTells the weather.\nOnly of cities.\n",
    );
  });

  test.each([
    ["auto", { kind: "auto" }, "If no tool is needed, just answer."],
    ["required", { kind: "required" }, "In this answer you must call a tool."],
    [
      "a named function",
      { kind: "function", name: "get_weather" },
      "you must call the tool get_weather, and no other.",
    ],
  ] as const)("says what tool_choice %s means", (_, toolChoice, rule) => {
    expect(prompt({ toolChoice })).toContain(rule);
  });

  test("says whether several calls may be made", () => {
    expect(prompt()).toContain("Independent calls may follow one another");
    expect(prompt({ parallelToolCalls: false })).toContain("Make at most one call in an answer.");
  });

  test("keeps calls out of code fences and reasoning", () => {
    expect(prompt()).toContain("never inside a code fence, quotes or your reasoning");
  });

  test.each([
    ["DeepSeek-R1-0528", "<tool_call>\n{"],
    ["openai-gpt-oss-120b", "<tool_call>\n{"],
    ["Kimi-K2-Instruct", "<tool_call>\n{"],
    ["Qwen3-235B-A22B-Instruct-2507-FP8", "<tool_call>\n{"],
    ["DeepSeek-V3.1", "<tool_call>\n{"],
    ["DeepSeek-V3.2", "<function_calls>\n<invoke"],
    ["MiniMaxAI/MiniMax-M2.5", "<function_calls>\n<invoke"],
    ["Qwen3-Coder-480B-A35B-Instruct", "<tool_call>\n<function="],
    ["zai-org/GLM-4.6", "<tool_call>TOOL\n<arg_key>"],
  ])("teaches %s its own plain syntax", (model, form) => {
    expect(prompt({}, model)).toContain(form);
  });

  test("holds no control tokens, whatever the model", () => {
    for (const model of [
      "DeepSeek-V3.2",
      "DeepSeek-R1",
      "Kimi-K2-Instruct",
      "openai-gpt-oss-120b",
      "Llama-4-Maverick",
    ]) {
      expect(prompt({}, model)).not.toMatch(/<[|｜]/);
    }
  });

  test("gives a long paragraph that several tools share once", () => {
    const shared = "Paths are absolute. ".repeat(8).trim();
    const tools = ["read", "write"].map((name) => ({
      name,
      description: `Does it.\n\n${shared}`,
      parameters: { type: "object" },
    }));
    const text = prompt({ tools });
    expect(text.split(shared)).toHaveLength(2);
    expect(text).toContain("## read {[key]: any}\nDoes it.\n(See note 1.)");
    expect(text).toContain(`## Note 1\n${shared}`);
  });

  test("takes two thirds of the tokens of the JSON of 24 tools of a coding agent (60 kB)", () => {
    const json = JSON.stringify(agentTools.map((tool) => ({ type: "function", function: tool })));
    const text = prompt({ tools: agentTools });
    const before = encode(json).length;
    const after = encode(text).length;
    expect({ tools: agentTools.length, bytes: json.length, before, bytesAfter: text.length, after }).toEqual({
      tools: 24,
      bytes: 58907,
      before: 13365,
      bytesAfter: 39924,
      after: 9008,
    });
  });

  describe("in short", () => {
    const all = new Set(agentTools.map(({ name }) => name));

    test("takes a sixth of the tokens of the JSON of those 24 tools", () => {
      expect(encode(inShort(all)).length).toBe(2365);
    });

    test("keeps every name, type, enum and question mark", () => {
      expect(signaturesOf(inShort(all))).toEqual(signaturesOf(prompt({ tools: agentTools })));
    });

    test("keeps first sentences, and of the limits those by which a text is written", () => {
      const parameters = {
        type: "object",
        properties: {
          day: { type: "string", pattern: "^M", maxLength: 3, description: "A day. Not a date." },
          unit: { enum: ["C", "F"], description: "The unit." },
        },
      };
      expect(inShort(new Set(["t"]), [{ name: "t", description: "It is. It was.", parameters }])).toContain(
        '## t {\n day?: string // pattern=^M A day.\n unit?: "C"|"F"\n}\nIt is.\n\n#',
      );
    });

    test("leaves the others as they are", () => {
      const others = new Set([...all].filter((name) => name !== "Bash"));
      const [bash = ""] = prompt({ tools: agentTools.slice(0, 1) }).split("\n# How");
      expect(inShort(others)).toContain(bash.slice(bash.indexOf("## Bash"), bash.indexOf("\n\n", 2000)));
    });
  });

  test("loses no property, no value of an enum and no word of a description", () => {
    const text = prompt({ tools: agentTools });
    const words = text.replaceAll(/\s+/g, " ");
    const missing: string[] = [];
    const look = (schema: unknown): void => {
      if (typeof schema !== "object" || schema === null) return;
      for (const [key, value] of Object.entries(schema)) {
        if (key === "properties")
          missing.push(...Object.keys(value as object).filter((one) => !text.includes(one)));
        if (key === "enum" || key === "required")
          missing.push(...(value as string[]).filter((one) => !text.includes(one)));
        if (
          key === "description" &&
          typeof value === "string" &&
          !words.includes(value.replaceAll(/\s+/g, " ").trim())
        ) {
          missing.push(value);
        }
        look(value);
      }
    };
    for (const tool of agentTools) {
      look(tool.parameters);
      for (const paragraph of tool.description.split(/\n\s*\n/)) {
        if (!words.includes(paragraph.replaceAll(/\s+/g, " ").trim())) missing.push(paragraph);
      }
    }
    expect(missing).toEqual([]);
  });
});
