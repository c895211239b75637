import { describe, expect, test } from "vitest";

import type { ChatRequest, ImagePart, Message, TextPart } from "../../src/model/request.ts";
import { flatten } from "../../src/shaping/flatten.ts";
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

function plain(
  messages: readonly Message[],
  prompts: readonly string[] = [],
  extra: Partial<ChatRequest> = {},
) {
  return flatten(createRequest({ messages, ...extra }), {
    model: "DeepSeek-V3.2",
    defaultSystem: "Default.",
    prompts,
    renderCalls: (calls) => calls.map((call) => `CALL ${call.name} ${call.arguments}`).join("\n"),
    renderResults: (results) =>
      results
        .map((result) => `RESULT ${result.name ?? "?"} ${result.content.map((part) => part.type).join()}`)
        .join("\n"),
  });
}

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

test("files go beside the messages, each under a name of its own, the same file once", () => {
  const parts = [
    file("a.txt", "1"),
    file("a.txt", "2"),
    file("a.txt", "1"),
    file("README", "3"),
    file("a.txt", "2"),
  ];
  const request = plain([{ role: "user", parts: [...parts, file("README", "4"), text("hi")] }]);
  expect(request.files.map((entry) => [entry.name, entry.text])).toEqual([
    ["a.txt", "1"],
    ["a (2).txt", "2"],
    ["README", "3"],
    ["README (2)", "4"],
  ]);
  expect(request.messages).toEqual([{ role: "user", text: "hi" }]);
});

// Looking through all names for each would take minutes, so a test that ends has passed.
test("20,000 files of one name are numbered", () => {
  const parts = Array.from({ length: 20_000 }, (_, index) => file("a.txt", `${index}`));
  const { files } = plain([{ role: "user", parts }]);
  expect(files).toHaveLength(20_000);
  expect(files.at(-1)).toMatchObject({ name: "a (20000).txt", text: "19999" });
});

test("sampling passes", () => {
  expect(plain([user("hi")], [], { sampling: { temperature: 0, topP: 0.5 } })).toMatchObject({
    model: "DeepSeek-V3.2",
    temperature: 0,
    topP: 0.5,
  });
});
