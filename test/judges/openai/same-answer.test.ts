/** Whatever a model writes, an answer is the same in a stream as whole, through turns of repair, too. */
import type OpenAI from "openai";
import { describe, expect, test } from "vitest";

import { syntaxes } from "../../fixtures/tool-calls/syntaxes.ts";
import { startStack } from "../../support/start-stack.ts";
import { openai } from "../support/clients.ts";
import { expectSilence } from "../support/expect-silence.ts";
import { comparable, everyWay, ways } from "../support/ways.ts";

expectSilence();

const model = "DeepSeek-V3.2";
const usage = { promptTokens: 30, completionTokens: 20 };
const parameters = {
  type: "object",
  properties: { path: { type: "string" }, line: { type: "integer" }, tags: { type: "array" } },
  required: ["path"],
};
const tools: OpenAI.ChatCompletionTool[] = ["read_file", "mcp__fs.x__read-file", "now"].map((name) => ({
  type: "function",
  function: name === "now" ? { name } : { name, parameters },
}));

const read = { name: "read_file", input: { path: "a/b.ts", line: 3 } };
const other = {
  name: "mcp__fs.x__read-file",
  input: { path: "C:\\Users\\{x}", tags: [1, "2", { a: null }] },
};
const unknown = { name: "open_file", input: { path: "a" } };
const now = { name: "now", input: {} };
const [hermes] = syntaxes;
if (hermes === undefined) throw new Error("There are no syntaxes.");

const examples: readonly (readonly [string, readonly string[], object])[] = [
  ["text before calls", [`I'll read two.\n\n${hermes.render([read, other])}`], {}],
  ["text before, between and after calls", [`A ${hermes.render([read])} B ${hermes.render([other])} C`], {}],
  ["text with blanks around a call", [`\n\nA\n\n${hermes.render([read])}\n\n`], {}],
  ["a call of a tool without parameters", [hermes.render([now])], {}],
  ["a call in a fence, which is text", [`Write:\n\`\`\`\n${hermes.render([read])}\n\`\`\`\nas shown.`], {}],
  ["an unknown tool behind text", [`Let me see.\n${hermes.render([unknown])}`, hermes.render([read])], {}],
  ["an unknown tool behind text, then text", [`Let me see.\n${hermes.render([unknown])}`, "No file."], {}],
  ["an unknown tool behind a call", [hermes.render([read, unknown]), hermes.render([other])], {}],
  ["an unknown tool before a call", [hermes.render([unknown, read]), hermes.render([other])], {}],
  ["an unknown tool, twice", [hermes.render([unknown]), hermes.render([unknown])], {}],
  ["an unknown tool, then text", [hermes.render([unknown]), "There is no such file."], {}],
  ["a call that breaks off", ['<tool_call>{"name": "read_file", "arg', hermes.render([read])], {}],
  ["a call that is nonsense", ['<tool_call>{"nonsense</tool_call>', hermes.render([read])], {}],
  ["text where a call must come", ["No need.", hermes.render([read])], { tool_choice: "required" }],
  [
    "text beside a call where a call must come",
    [`First:\n${hermes.render([read])}`],
    { tool_choice: "required" },
  ],
  ["more calls than wanted", [hermes.render([read, other])], { parallel_tool_calls: false }],
  ["a stop sequence behind a call", [`${hermes.render([read])} END more`], { stop: "END" }],
  ["a stop sequence before a call", [`A END ${hermes.render([read])}`], { stop: "END" }],
  ["a stop sequence that is in arguments", [hermes.render([read])], { stop: "b.ts" }],
  ["a limit inside a call", [hermes.render([read])], { max_tokens: 12 }],
  ["a limit behind a call", [`${hermes.render([read])} ${"more and more ".repeat(99)}`], { max_tokens: 99 }],
  ["thoughts in the text", [`<think>I call <tool_call> now</think>${hermes.render([read])}`], {}],
  ["thoughts that never end at first", ["<think>I think and think", "It is done."], {}],
  [
    "JSON beside tools",
    ['Sure: {"a": [1]}'],
    { response_format: { type: "json_object" }, tool_choice: "auto" },
  ],
  ["a call where JSON would do", [hermes.render([read])], { response_format: { type: "json_object" } }],
  ["no JSON at first, beside tools", ["Sure.", '{"a": 1}'], { response_format: { type: "json_object" } }],
];

describe.each(examples)("%s", (_what, texts, fields) => {
  test.each([
    ["thoughts in their field", {}],
    ["thoughts inline", { REASONING: "inline" }],
    ["thoughts left out", { REASONING: "drop" }],
  ])("%s", async (_mode, env) => {
    const answers: unknown[] = [];
    for (const way of everyWay) {
      await using stack = await startStack({ env });
      for (const text of texts) stack.simulator.enqueue({ reasoning: "hm", text, usage });
      const body = { model, messages: [{ role: "user" as const, content: "Go." }], tools, ...fields };
      const answer = await ways[way](openai(stack), body);
      expect(stack.simulator.chats).toHaveLength(texts.length);
      expect(JSON.stringify(answer)).not.toMatch(/open_file.*tool_calls/);
      answers.push(withParsedArguments(comparable(answer)));
    }
    expect(answers[1]).toEqual(answers[0]);
  });
});

/** Blanks between values may depend on the way; the values may not. */
function withParsedArguments(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer, (key, value: unknown) => {
      if (key !== "arguments" || typeof value !== "string") return value;
      try {
        return JSON.parse(value);
      } catch {
        return value;
      }
    }),
  );
}
