import { expect, test } from "vitest";

import { createToolPrompt, isToolPromptKnown } from "../../../src/shaping/tools/index.ts";
import { createLoneWork } from "../../../src/shaping/schema/schema-work.ts";
import { createToolDirectory } from "../../../src/shaping/tools/tool-directory.ts";
import type { ToolChoice, ToolDefinition } from "../../../src/model/request.ts";
import { agentTools } from "../../fixtures/tool-calls/agent-tools.ts";

const ask = (tools: readonly ToolDefinition[], toolChoice: ToolChoice = { kind: "auto" }) => ({
  tools,
  toolChoice,
  parallelToolCalls: true,
});
const copy = (): ToolDefinition[] => structuredClone([...agentTools]);

test("the prompt of a list that was written before is the one that a fresh list has", () => {
  const same = copy();
  const names = agentTools.map(({ name }) => name);
  const forms = [[], names, names.slice(0, 3), names.slice(3), [], names, ["nobody"]];
  for (const shortened of [...forms, ...forms.toReversed()].map((all) => new Set(all))) {
    for (const toolChoice of [{ kind: "auto" }, { kind: "function", name: "Bash" }] as const) {
      for (const model of ["DeepSeek-V3.2", "Qwen3-Coder"]) {
        expect(createToolPrompt(ask(same, toolChoice), model, shortened)).toBe(
          createToolPrompt(ask(copy(), toolChoice), model, shortened),
        );
      }
    }
  }
  expect(isToolPromptKnown(same)).toBe(true);
  expect(isToolPromptKnown(copy())).toBe(false);
});

test("what unfolds to a multiple of its list is written anew each time, and the same", () => {
  const long = { type: "string", description: "x".repeat(40_000) };
  const properties = Object.fromEntries(
    Array.from({ length: 9 }, (_, at) => [`p${at}`, { $ref: "#/$defs/long" }]),
  );
  const tools = [{ name: "t", parameters: { type: "object", $defs: { long }, properties } }];
  const first = createToolPrompt(ask(tools), "m");
  expect(first.length).toBeGreaterThan(300_000);
  expect(isToolPromptKnown(tools)).toBe(false);
  expect(createToolPrompt(ask(tools), "m")).toBe(first);
});

test("two directories of one list share what the list says, and not what pays for it", () => {
  const tools = copy();
  const [one, two] = [createLoneWork(), createLoneWork()];
  const mine = createToolDirectory(tools, one);
  const yours = createToolDirectory(tools, { ...two, budget: { ...two.budget } });
  expect(mine.names).toBe(yours.names);
  expect(mine.tags).toBe(yours.tags);
  expect(mine.find("functions.Bash")?.definition).toBe(yours.find("bash")?.definition);
  expect(mine.find("Bash")).toBe(mine.find("Bash"));
  expect(mine.find("Bash")).not.toBe(yours.find("Bash"));
  expect(mine.find("Bash")?.budget).toBe(one.budget);
  expect(mine.budget).not.toBe(yours.budget);
  expect(mine.find("nobody")).toBeUndefined();
});
