import { expect, test } from "vitest";

import { type Chat, plainSettings } from "../../../src/console/domain/chat/chat.ts";
import { readStoredChat, readStoredHead } from "../../../src/console/domain/chat/read-stored.ts";

const call = { id: "c", name: "get_weather", arguments: "{}" };
const answer = { kind: "answer", id: "a", model: "m", state: "done", thinking: "", text: "yes" } as const;
const chat: Chat = {
  id: "one",
  title: "Named",
  at: 5,
  settings: { ...plainSettings, trace: true, tools: [{ name: "t", description: "", parameters: "{}" }] },
  lanes: [
    {
      model: "m",
      turns: [
        { kind: "user", id: "u", text: "Hello", images: ["data:image/png;base64,AA=="] },
        { ...answer, calls: [call], usage: { input: 1, output: 2, thinking: 0 } },
      ],
    },
  ],
};

test("what was kept is read as it was", () => {
  expect(readStoredChat(chat)).toEqual(chat);
  const head = { id: "one", title: "Named", at: 5, bytes: 9 };
  expect(readStoredHead(head)).toEqual(head);
});

test("of what another version or hand wrote, that is left which is of use", () => {
  const turns = [
    null,
    { kind: "user" },
    { ...answer, state: "odd" },
    { ...answer, calls: [call, { id: "c" }] },
  ];
  const odd = { kind: "user", id: "u", text: "x", images: ["javascript:alert(1)", 5] };
  const read = readStoredChat({
    id: "one",
    settings: { system: 5, temperature: "1", tools: ["x", null] },
    lanes: [{ model: 5 }, { model: "m", turns: [...turns, odd] }, { model: "n" }],
  });
  expect(read).toEqual({
    id: "one",
    title: "",
    at: 0,
    settings: { ...plainSettings, temperature: "1" },
    lanes: [
      {
        model: "m",
        turns: [
          { ...answer, calls: [call] },
          { ...odd, images: [] },
        ],
      },
      { model: "n", turns: [] },
    ],
  });
  expect(readStoredHead({ id: "one", title: null })).toEqual({ id: "one", title: "", at: 0, bytes: 0 });
});

test.each([
  undefined,
  null,
  5,
  "x",
  [],
  {},
  { id: "one" },
  { id: 1, lanes: [{ model: "m" }] },
  { id: "one", lanes: [null] },
])("of %j nothing is left", (value) => expect(readStoredChat(value)).toBeUndefined());
