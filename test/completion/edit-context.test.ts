import { expect, test } from "vitest";

import { editContext } from "../../src/completion/edit-context.ts";
import type { ClearToolUses, ContextEdit } from "../../src/model/context-edit.ts";
import type { ChatRequest, Message } from "../../src/model/request.ts";
import { createRequest } from "../support/create-request.ts";

const clear: ClearToolUses = {
  kind: "clear-tool-uses",
  trigger: { unit: "input-tokens", value: 1000 },
  keep: 1,
  clearAtLeast: 0,
  excludeTools: [],
  clearInputs: false,
};

/** Three uses with a long result each. */
const messages = ["a", "b", "c"].flatMap((callId): Message[] => [
  {
    role: "assistant",
    parts: [
      { type: "reasoning", text: "Hm." },
      { type: "tool-call", callId, name: "Read", arguments: "{}" },
    ],
  },
  {
    role: "tool",
    parts: [
      { type: "tool-result", callId, content: [{ type: "text", text: callId.repeat(500) }], isError: false },
    ],
  },
]);

/** A token a character, for this test. */
const lengthOf = (request: ChatRequest) =>
  JSON.stringify(request.messages.filter(({ role }) => role === "tool")).length;

function edit(...edits: readonly ContextEdit[]) {
  let counts = 0;
  const count = (request: ChatRequest) => {
    counts += 1;
    return Promise.resolve(lengthOf(request));
  };
  return editContext(createRequest({ messages }), edits, count).then((edited) => ({ ...edited, counts }));
}

const applies = { kind: "clear-tool-uses", cleared: 2, tokens: expect.any(Number) };

test.each<[string, Partial<ClearToolUses>, readonly unknown[]]>([
  ["above its trigger", {}, [applies]],
  ["not below it", { trigger: { unit: "input-tokens", value: 5000 } }, []],
  ["with more uses than its trigger", { trigger: { unit: "tool-uses", value: 2 } }, [applies]],
  ["not with as many", { trigger: { unit: "tool-uses", value: 3 } }, []],
  ["when it saves enough", { clearAtLeast: 500 }, [applies]],
  ["not when it saves too little", { clearAtLeast: 5000 }, []],
  ["not when all is kept", { keep: 3 }, []],
])("an edit is applied %s", async (_, extra, expected) => {
  const { request, applied } = await edit({ ...clear, ...extra });
  expect(applied).toEqual(expected);
  expect(request.messages === messages).toBe(expected.length === 0);
});

test("what is saved is what the prompt becomes shorter", async () => {
  const { request, applied } = await edit(clear);
  expect(applied[0]?.tokens).toBe(lengthOf(createRequest({ messages })) - lengthOf(request));
});

test("edits follow one another", async () => {
  const { applied } = await edit({ kind: "clear-thinking", keep: 1 }, { ...clear, keep: 2 }, clear);
  expect(applied.map(({ kind, cleared }) => [kind, cleared])).toEqual([
    ["clear-thinking", 2],
    ["clear-tool-uses", 1],
    ["clear-tool-uses", 1],
  ]);
});

test("nothing is counted where nothing can be cleared", async () => {
  const { counts, applied } = await edit({ kind: "clear-thinking", keep: "all" }, { ...clear, keep: 3 });
  expect([counts, applied]).toEqual([0, []]);
});

test("cleared thinking is counted by itself, as far as the model would be shown it", async () => {
  const counted: string[] = [];
  const shown = (request: ChatRequest): Promise<number> => {
    const text = request.messages
      .flatMap(({ parts }) => parts.map((part) => ("text" in part ? part.text : part.type)))
      .join(" ");
    counted.push(text);
    return Promise.resolve(text.length);
  };
  const request = createRequest({ messages });
  const { applied } = await editContext(request, [{ kind: "clear-thinking", keep: 1 }], shown);
  expect(counted.toSorted()).toEqual([".", "Hm. Hm. ."]);
  expect(applied).toEqual([{ kind: "clear-thinking", cleared: 2, tokens: "Hm. Hm. ".length }]);
  const { applied: hidden } = await edit({ kind: "clear-thinking", keep: 1 });
  expect(hidden).toEqual([{ kind: "clear-thinking", cleared: 2, tokens: 0 }]);
});
