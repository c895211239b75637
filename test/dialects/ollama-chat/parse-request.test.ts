import { describe, expect, test } from "vitest";

import { parseRequest } from "../../../src/dialects/ollama-chat/index.ts";
import type { ChatRequest } from "../../../src/model/request.ts";

const messages = [{ role: "user", content: "Hi" }];
const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** The request of a body; throws where it only loads. */
function parse(body: object): ChatRequest {
  const parsed = parseRequest({ model: "m", messages, ...body });
  if (parsed.kind !== "ask") throw new Error("It only loads.");
  return parsed.request;
}

test("a plain body", () => {
  expect(parseRequest({ model: "m", messages })).toEqual({
    kind: "ask",
    request: {
      model: "m",
      messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }],
      tools: [],
      toolChoice: { kind: "auto" },
      parallelToolCalls: true,
      responseFormat: { kind: "text" },
      sampling: {},
      stopSequences: [],
    },
    stream: true,
    ignored: [],
    spellings: {},
  });
});

test.each<[object, Partial<ChatRequest>]>([
  [{ think: true }, { effort: "medium", reasoning: "field" }],
  [{ think: false }, { effort: "none", reasoning: "drop" }],
  [{ think: "low" }, { effort: "low", reasoning: "field" }],
  [{ think: "max" }, { effort: "max", reasoning: "field" }],
  [{ think: "none" }, { effort: "none", reasoning: "drop" }],
  [{ format: "json" }, { responseFormat: { kind: "json-object" } }],
  [{ format: "" }, { responseFormat: { kind: "text" } }],
  [
    { format: { type: "object" } },
    { responseFormat: { kind: "json-schema", name: "response", schema: { type: "object" } } },
  ],
  [{ options: { num_predict: 5 } }, { maxOutputTokens: 5 }],
  [{ options: { stop: ["a", ""] } }, { stopSequences: ["a"] }],
  [{ options: { stop: "a" } }, { stopSequences: ["a"] }],
  [
    { options: { temperature: 0, top_p: 1, top_k: 5, min_p: 0.1, seed: 3, repeat_penalty: 1.1 } },
    { sampling: { temperature: 0, topP: 1, topK: 5, minP: 0.1, seed: 3, repetitionPenalty: 1.1 } },
  ],
  [
    { tools: [{ type: "function", function: { name: "f", description: "d", parameters: null } }] },
    { tools: [{ name: "f", description: "d", parameters: { type: "object" } }] },
  ],
])("%j is read", (body, expected) => {
  expect(parse(body)).toMatchObject(expected);
});

test.each([-1, -2, 0])("num_predict %d is no limit", (limit) => {
  expect(parse({ options: { num_predict: limit } })).not.toHaveProperty("maxOutputTokens");
});

const call = (id: string | undefined, name: string) => ({
  ...(id && { id }),
  function: { name, arguments: {} },
});
const assistant = (...calls: object[]) => ({ role: "assistant", content: "", tool_calls: calls });

/** The ids that results answer. */
function answered(...list: object[]): string[] {
  return parse({ messages: list }).messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === "tool-result" ? [part.callId] : [])),
  );
}

describe("messages", () => {
  test.each([
    ["by id", [{ tool_call_id: "b" }, { tool_call_id: "a" }], ["b", "a"]],
    ["by name", [{ tool_name: "g" }, { tool_name: "f" }], ["b", "a"]],
    ["by the older name", [{ name: "g" }, { name: "f" }], ["b", "a"]],
    ["by order", [{}, {}], ["a", "b"]],
    [
      "by order, with ids that only the results have",
      [{ tool_call_id: "x" }, { tool_call_id: "y" }],
      ["a", "b"],
    ],
    [
      "by name, likewise",
      [
        { tool_call_id: "x", tool_name: "g" },
        { tool_call_id: "y", tool_name: "f" },
      ],
      ["b", "a"],
    ],
  ])("results find their calls %s", (_how, results, expected) => {
    const list = results.map((result) => ({ role: "tool", content: "x", ...result }));
    expect(answered(assistant(call("a", "f"), call("b", "g")), ...list)).toEqual(expected);
  });

  test("calls without ids get some, and their text of arguments stays", () => {
    const [, message] = parse({
      messages: [
        ...messages,
        assistant({ function: { name: "f", arguments: '{"a":1}' } }, call(undefined, "g")),
      ],
    }).messages;
    expect(message?.parts).toEqual([
      { type: "tool-call", callId: "call_1_0", name: "f", arguments: '{"a":1}' },
      { type: "tool-call", callId: "call_1_1", name: "g", arguments: "{}" },
    ]);
  });

  test("thinking, pictures and who says it", () => {
    expect(
      parse({
        messages: [
          { role: "developer", content: "s" },
          { role: "user", content: "u", images: [png, `data:image/jpeg;base64,${png}`] },
          { role: "assistant", content: "a", thinking: "hm" },
          { role: "assistant", content: "" },
          { role: "user" },
        ],
      }).messages,
    ).toEqual([
      { role: "system", parts: [{ type: "text", text: "s" }] },
      {
        role: "user",
        parts: [
          { type: "text", text: "u" },
          // What it is, its bytes say.
          { type: "image", source: { kind: "data", mediaType: "image/png", base64: png } },
          { type: "image", source: { kind: "data", mediaType: "image/png", base64: png } },
        ],
      },
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "hm" },
          { type: "text", text: "a" },
        ],
      },
      { role: "user", parts: [{ type: "text", text: "" }] },
    ]);
  });
});

describe("a request without messages", () => {
  test.each([
    [{}, "load"],
    [{ keep_alive: "5m" }, "load"],
    [{ keep_alive: -1 }, "load"],
    [{ keep_alive: "-1" }, "load"],
    [{ keep_alive: "1h30m" }, "load"],
    [{ keep_alive: "0.5s" }, "load"],
    [{ keep_alive: 0 }, "unload"],
    [{ keep_alive: "0" }, "unload"],
    [{ keep_alive: "0s" }, "unload"],
    [{ keep_alive: "0h0m" }, "unload"],
  ])("with %j: %s", (body, reason) => {
    for (const list of [undefined, null, []]) {
      expect(parseRequest({ model: "m", messages: list, ...body })).toMatchObject({
        kind: "load",
        model: "m",
        reason,
      });
    }
  });

  test("names what would be of an answer", () => {
    const body = {
      keep_alive: "5m",
      stream: true,
      options: { num_ctx: 1 },
      format: "json",
      think: true,
      odd: 1,
    };
    expect(parseRequest({ model: "m", ...body })).toMatchObject({
      ignored: ["format", "options", "think", "odd"],
    });
  });

  test.each(["soon", "5 m", "m", "1.s.", "1".repeat(200_000)])(
    "with keep_alive %.20j is judged at once",
    (keep) => {
      const parsing = () => parseRequest({ model: "m", keep_alive: keep });
      if (/^\d+$/.test(keep)) expect(parsing()).toMatchObject({ reason: "load" });
      else expect(parsing).toThrow("'keep_alive'");
    },
  );
});
