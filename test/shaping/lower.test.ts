import { describe, expect, test } from "vitest";

import type { ChatRequest, ImagePart, Message, TextPart } from "../../src/model/request.ts";
import { type Capabilities, textOnly } from "../../src/model/capabilities.ts";
import { lower } from "../../src/shaping/lower.ts";
import { toPlain } from "../../src/upstreams/akash-chat/to-plain.ts";
import { createRequest } from "../support/create-request.ts";

const text = (value: string): TextPart => ({ type: "text", text: value });
const user = (...values: string[]): Message => ({ role: "user", parts: values.map(text) });
const system = (...values: string[]): Message => ({ role: "system", parts: values.map(text) });
const assistant = (...values: string[]): Message => ({ role: "assistant", parts: values.map(text) });
const marked = (value: string) => `<system-message>\n${value}\n</system-message>`;
const picture: ImagePart = {
  type: "image",
  source: { kind: "data", mediaType: "image/png", base64: "AAAA" },
};
const file = (name: string, content: string) =>
  ({ type: "file", name, mediaType: "text/plain", text: content }) as const;

function lowered(
  messages: readonly Message[],
  extra: Partial<ChatRequest> = {},
  can: Partial<Capabilities> = {},
  prompts: readonly string[] = [],
) {
  return lower(createRequest({ messages, ...extra }), {
    model: "DeepSeek-V3.2",
    can: { ...textOnly, ...can },
    systemPrompt: "Default.",
    prompts,
    renderCalls: (calls) => calls.map((call) => `CALL ${call.name} ${call.arguments}`).join("\n"),
    renderResults: (results) =>
      results
        .map((result) => `RESULT ${result.name ?? "?"} ${result.content.map((part) => part.type).join()}`)
        .join("\n"),
  });
}

/** The same for a model that only writes, as plain text. */
const plain = (messages: readonly Message[], prompts: readonly string[] = []) =>
  toPlain(lowered(messages, {}, {}, prompts));

describe("system text", () => {
  test("is the default when there is none", () => {
    expect(plain([user("hi")]).system).toBe("Default.");
    expect(plain([system(" "), user("hi")]).system).toBe("Default.");
  });

  test("is the leading system messages in order, prompts last", () => {
    const messages = [system("A", "B"), system("C"), user("hi"), system("D"), assistant("ho"), user("hm")];
    expect(plain(messages, ["TOOLS", "", "JSON"]).system).toBe("A\n\nB\n\nC\n\nTOOLS\n\nJSON");
  });

  test.each([
    [
      "behind the user's words",
      [user("hi"), system("Be brief.", "Be kind."), assistant("ho"), user("hm")],
      [`hi\n\n${marked("Be brief.")}\n\n${marked("Be kind.")}`, "ho", "hm"],
    ],
    [
      "before them",
      [user("hi"), assistant("ho"), system("Be brief."), user("hm")],
      ["hi", "ho", `${marked("Be brief.")}\n\nhm`],
    ],
    ["at the end", [user("hi"), assistant("ho"), system("Go on.")], ["hi", "ho", marked("Go on.")]],
    ["without words", [user("hi"), system(" "), assistant("ho"), user("hm")], ["hi", "ho", "hm"]],
  ])("later stays in its place: %s", (_where, messages, texts) => {
    const result = plain([system("S"), ...messages]);
    expect(result.system).toBe("S");
    expect(result.messages.map(({ text: words }) => words)).toEqual(texts);
    expect(result.messages.map(({ role }) => role)).toEqual(
      texts.map((_, at) => (at % 2 === 0 ? "user" : "assistant")),
    );
  });

  test("later is not the missing system prompt", () => {
    expect(plain([user("hi"), system("C")]).system).toBe("Default.");
  });

  test("alone still gives a turn to answer", () => {
    expect(plain([system("Say hi.")]).messages).toEqual([{ role: "user", text: "Begin." }]);
  });
});

describe("turns", () => {
  test("take the text of their parts; neighbours of one role become one", () => {
    expect(plain([user("a", "b"), user("c"), assistant("d"), user("e")]).messages).toEqual([
      { role: "user", text: "a\n\nb\n\nc" },
      { role: "assistant", text: "d" },
      { role: "user", text: "e" },
    ]);
  });

  test("may be empty", () => {
    expect(plain([user("")]).messages).toEqual([{ role: "user", text: "" }]);
  });

  test("of the assistant lose their thinking", () => {
    const message: Message = {
      role: "assistant",
      parts: [{ type: "reasoning", text: "secret" }, text("<think>\nhm\n</think>\n\nIt is 4.")],
    };
    expect(plain([user("2+2"), message, user("sure?")]).messages[1]).toEqual({
      role: "assistant",
      text: "It is 4.",
    });
  });

  test("of the assistant that were nothing but thinking vanish", () => {
    const messages = [user("a"), assistant("<think>\nhm\n</think>\n\n"), user("b")];
    expect(plain(messages).messages).toEqual([{ role: "user", text: "a\n\nb" }]);
  });

  test("that end with the assistant ask to go on", () => {
    const { messages } = plain([user("Write a haiku."), assistant("An old silent")]);
    expect(messages.slice(0, -1)).toEqual([
      { role: "user", text: "Write a haiku." },
      { role: "assistant", text: "An old silent" },
    ]);
    expect(messages.at(-1)).toEqual({ role: "user", text: expect.stringContaining("Continue") });
  });

  test("with tool calls and results become text, results with the name of their call", () => {
    const messages: Message[] = [
      user("weather?"),
      {
        role: "assistant",
        parts: [text("Looking."), { type: "tool-call", callId: "c1", name: "get", arguments: '{"a":1}' }],
      },
      {
        role: "tool",
        parts: [{ type: "tool-result", callId: "c1", content: [text("sun")], isError: false }],
      },
      { role: "tool", parts: [{ type: "tool-result", callId: "c2", content: [picture], isError: false }] },
      user("so?"),
    ];
    expect(plain(messages).messages).toEqual([
      { role: "user", text: "weather?" },
      { role: "assistant", text: 'Looking.\n\nCALL get {"a":1}' },
      {
        role: "user",
        text: "RESULT get text\n\nRESULT ? image\n\nso?",
        images: [{ mediaType: "image/png", base64: "AAAA" }],
      },
    ]);
  });
});

test("images go with their turn", () => {
  const remote: ImagePart = { type: "image", source: { kind: "url", url: "https://example.com/a.png" } };
  const { messages } = plain([{ role: "user", parts: [text("look"), picture, remote] }]);
  expect(messages).toEqual([
    { role: "user", text: "look", images: [{ mediaType: "image/png", base64: "AAAA" }] },
  ]);
});

test("files stay with their turn", () => {
  const parts = [file("a.txt", "1"), text("hi")];
  expect(lowered([{ role: "user", parts }]).messages.at(-1)).toEqual({ role: "user", parts });
});

test("sampling passes, under the upstream's own id", () => {
  const sampling = { temperature: 0, topP: 0.5 };
  expect(lowered([user("hi")], { sampling })).toMatchObject({ model: "DeepSeek-V3.2", sampling });
});

test("a limit, stop sequences and a form stay only where the upstream keeps them", () => {
  const wishes = {
    maxOutputTokens: 5,
    stopSequences: ["END"],
    responseFormat: { kind: "json-schema", name: "x", schema: {} },
  } as const;
  const kept = lowered([user("hi")], wishes, {
    outputLimit: "native",
    stop: "native",
    jsonSchema: "native",
  });
  expect(kept).toMatchObject(wishes);
  const bare = lowered([user("hi")], wishes, { jsonObject: "native" });
  expect(bare).not.toHaveProperty("maxOutputTokens");
  expect(bare).toMatchObject({ stopSequences: [], responseFormat: { kind: "text" } });
});

test("no form is asked for while tools are offered, since servers then let nobody call", () => {
  const tools = [{ name: "get", parameters: {} }];
  const responseFormat = { kind: "json-object" } as const;
  const can = { tools: "native", jsonObject: "native" } as const;
  expect(lowered([user("hi")], { tools, responseFormat }, can).responseFormat).toEqual({ kind: "text" });
  const without = { tools, responseFormat, toolChoice: { kind: "none" } } as const;
  expect(lowered([user("hi")], without, can).responseFormat).toEqual(responseFormat);
});

const call = (callId: string, name = "get") =>
  ({ type: "tool-call", callId, name, arguments: "{}" }) as const;
const result = (callId: string, ...content: TextPart[]) =>
  ({ type: "tool-result", callId, content, isError: false }) as const;
const native = (messages: readonly Message[], more: Partial<Capabilities> = {}) =>
  lowered(messages, { tools: [{ name: "get", parameters: {} }] }, { tools: "native", ...more })
    .messages.slice(1)
    .map(({ role, parts }) => [role, ...parts.map((part) => ("text" in part ? part.text : part))]);

describe("a model with tools of its own", () => {
  test("is given them, with the choice", () => {
    const tools = [{ name: "get", parameters: {} }];
    const toolChoice = { kind: "required" } as const;
    expect(lowered([user("hi")], { tools, toolChoice }, { tools: "native" })).toMatchObject({
      tools,
      toolChoice,
    });
    expect(lowered([user("hi")], { tools, toolChoice })).toMatchObject({
      tools: [],
      toolChoice: { kind: "auto" },
    });
  });

  test("has its calls and their results as they are; what is said beside them is one text", () => {
    expect(
      native([
        user("a"),
        assistant("I look."),
        { role: "assistant", parts: [call("1"), text("Now."), call("2")] },
        { role: "tool", parts: [result("2", text("two"))] },
        { role: "tool", parts: [result("1", text("one"))] },
      ]),
    ).toEqual([
      ["user", "a"],
      ["assistant", "I look.\n\nNow.", call("1"), call("2")],
      ["tool", { ...result("2", text("two")), name: "get" }, { ...result("1", text("one")), name: "get" }],
    ]);
  });

  test.each<[string, Message[], unknown[][]]>([
    [
      "in one message",
      [
        { role: "assistant", parts: [call("x"), call("x", "put"), call("x")] },
        { role: "tool", parts: [result("x", text("1")), result("x", text("2"))] },
        { role: "tool", parts: [result("x", text("3"))] },
      ],
      [
        ["assistant", call("x"), call("x-2", "put"), call("x-3")],
        [
          "tool",
          { ...result("x", text("1")), name: "get" },
          { ...result("x-2", text("2")), name: "put" },
          { ...result("x-3", text("3")), name: "get" },
        ],
      ],
    ],
    [
      "in neighbours",
      [
        { role: "assistant", parts: [call("x")] },
        system(" "),
        { role: "assistant", parts: [call("y"), call("x")] },
        { role: "tool", parts: [result("x"), result("y"), result("x")] },
      ],
      [
        ["assistant", call("x"), call("y"), call("x-2")],
        ["tool", ...["x", "y", "x-2"].map((id) => ({ ...result(id), name: "get" }))],
      ],
    ],
    [
      "where the next id is another call's",
      [
        { role: "assistant", parts: [call("x"), call("x"), call("x-2")] },
        { role: "tool", parts: [result("x-2"), result("x"), result("x")] },
      ],
      [
        ["assistant", call("x"), call("x-3"), call("x-2")],
        ["tool", ...["x-2", "x", "x-3"].map((id) => ({ ...result(id), name: "get" }))],
      ],
    ],
    [
      "of which one has no result",
      [
        { role: "assistant", parts: [call("x"), call("x")] },
        { role: "tool", parts: [result("x", text("1"))] },
      ],
      [
        ["assistant", call("x"), call("x-2")],
        ["tool", { ...result("x", text("1")), name: "get" }, result("x-2", text("No result was given."))],
      ],
    ],
    [
      "but not in two turns",
      [
        { role: "assistant", parts: [call("x")] },
        { role: "tool", parts: [result("x")] },
        { role: "assistant", parts: [call("x")] },
        { role: "tool", parts: [result("x")] },
      ],
      [1, 2].flatMap(() => [
        ["assistant", call("x")],
        ["tool", { ...result("x"), name: "get" }],
      ]),
    ],
  ])("has an id of its own for each call of a turn, %s", (_, messages, turns) => {
    expect(native([user("a"), ...messages])).toEqual([["user", "a"], ...turns]);
  });

  test("names the results of calls with one id where tools are emulated", () => {
    const messages: Message[] = [
      user("a"),
      { role: "assistant", parts: [call("x"), call("x", "put")] },
      { role: "tool", parts: [result("x", text("1")), result("x", text("2"))] },
    ];
    expect(plain(messages).messages.at(-1)?.text).toBe("RESULT get text\nRESULT put text");
  });

  test("has a result for each call before anybody says more", () => {
    const missing = result("2", text("No result was given."));
    expect(
      native([
        user("a"),
        { role: "assistant", parts: [call("1"), call("2")] },
        { role: "tool", parts: [result("1")] },
        user("b"),
      ]),
    ).toEqual([
      ["user", "a"],
      ["assistant", call("1"), call("2")],
      ["tool", { ...result("1"), name: "get" }, missing],
      ["user", "b"],
    ]);
  });

  test("reads a result that has lost its call, or comes twice, as text", () => {
    expect(
      native([
        { role: "tool", parts: [result("0", text("zero"))] },
        user("a"),
        { role: "assistant", parts: [call("1")] },
        { role: "tool", parts: [result("1"), result("1", text("again"))] },
      ]),
    ).toEqual([
      ["user", "RESULT ? text", "a"],
      ["assistant", call("1")],
      ["tool", { ...result("1"), name: "get" }],
      ["user", "RESULT get text"],
    ]);
  });

  test("gets its own thinking back if it wants it", () => {
    const messages: Message[] = [
      user("a"),
      { role: "assistant", parts: [{ type: "reasoning", text: "hm" }, text("<think>\nx\n</think>\n\nb")] },
      user("c"),
    ];
    expect(native(messages)[1]).toEqual(["assistant", "b"]);
    expect(native(messages, { reasoning: "native" })[1]).toEqual(["assistant", "hm", "b"]);
  });
});
