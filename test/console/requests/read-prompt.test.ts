import { expect, test } from "vitest";

import { readPrompt } from "../../../src/console/domain/requests/read-prompt.ts";

const told = (sent: object, asked: object | undefined) =>
  readPrompt(JSON.stringify(sent), asked && JSON.stringify(asked)).map(({ role, text, isOurs }) => [
    role,
    text,
    isOurs ? "ours" : "theirs",
  ]);

test("what stands in no text of the client is the gateway's: tools in the system prompt", () => {
  const asked = {
    system: "Be brief.",
    messages: [{ role: "user", content: [{ type: "text", text: "Rain?" }] }],
    tools: [{ name: "get_weather", description: "The weather" }],
  };
  const sent = {
    system: "Be brief.\n\n# Tools\n\nget_weather\nThe weather",
    messages: [{ role: "user", content: "Rain?" }],
    model: "m",
  };
  expect(told(sent, asked)).toEqual([
    ["system", "Be brief.", "theirs"],
    ["tools", "# Tools\n\nget_weather\nThe weather", "ours"],
    ["user", "Rain?", "theirs"],
    ["settings", '{\n  "model": "m"\n}', "theirs"],
  ]);
});

test("native tools are a field of their own, and so are calls of earlier answers", () => {
  const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };
  const sent = {
    messages: [
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", content: "fine" },
    ],
    tools: [{ name: "f" }],
  };
  expect(
    told(sent, { messages: sent.messages, tools: sent.tools }).map(([role, , whose]) => [role, whose]),
  ).toEqual([
    ["assistant", "theirs"],
    ["tool", "theirs"],
    ["tools", "theirs"],
  ]);
});

test("a text with which a line ends is the client's, but not the words of an API", () => {
  const asked = { prompt: "a cat", model: "AkashGen", user: "an image" };
  expect(told({ messages: [{ role: "user", content: "Generate an image: a cat" }] }, asked)).toEqual([
    ["user", "Generate an image:", "ours"],
    ["user", "a cat", "theirs"],
  ]);
});

test("a short text counts only as lines of its own, a long one anywhere", () => {
  const long = "a text of the client that is quite long, so it is no chance";
  expect(
    told({ messages: [{ role: "user", content: `an it is: ${long}!` }] }, { it: "it", input: long }),
  ).toEqual([
    ["user", "an it is:", "ours"],
    ["user", long, "theirs"],
    ["user", "!", "ours"],
  ]);
});

test("where the client's body is not known nothing is said to be the gateway's; what was cut is one part", () => {
  expect(told({ messages: [{ role: "user", content: "x" }] }, undefined)).toEqual([["user", "x", "theirs"]]);
  expect(readPrompt('{"messages": [', "{}")).toEqual([
    { role: "body", text: '{"messages": [', isOurs: false },
  ]);
});

test("a prompt of 4 MB with 3,000 messages is read at once", () => {
  const texts = Array.from({ length: 3000 }, (_, index) => `message ${index} ${"x".repeat(1300)}`);
  const messages = texts.map((content) => ({ role: "user", content }));
  expect(readPrompt(JSON.stringify({ messages }), JSON.stringify({ messages })).length).toBe(3000);
});

test("a short text of the client that stands on each of many lines is found on all of them", () => {
  const [system, count] = ["say:\nok\n", 30_000];
  const texts = ["ok", ...Array.from({ length: 199 }, (_, index) => `nowhere ${index}`)];
  const parts = readPrompt(
    JSON.stringify({ messages: [{ role: "system", content: system.repeat(count) }] }),
    JSON.stringify({ messages: texts.map((content) => ({ role: "user", content })) }),
  );
  expect(parts.length).toBe(2 * count);
  expect(parts.slice(-2).map(({ text, isOurs }) => [text, isOurs])).toEqual([
    ["say:", true],
    ["ok", false],
  ]);
});
