import { describe, expect, test } from "vitest";

import type { Message } from "../../../src/model/request.ts";
import { clearThinking } from "../../../src/shaping/history/clear-thinking.ts";
import { clearToolUses, countToolUses } from "../../../src/shaping/history/clear-tool-uses.ts";

const user: Message = { role: "user", parts: [{ type: "text", text: "Mend it." }] };

/** A turn that calls tools, and their results in one message. `name:id`. */
function turn(...uses: readonly string[]): readonly Message[] {
  const named = uses.map((use) => use.split(":")).map(([name = "", callId = ""]) => ({ name, callId }));
  return [
    {
      role: "assistant",
      parts: [
        { type: "reasoning", text: "Hm." },
        ...named.map(
          (call) => ({ type: "tool-call", ...call, arguments: `{"of":"${call.callId}"}` }) as const,
        ),
      ],
    },
    {
      role: "tool",
      parts: named.map(({ callId }) => ({
        type: "tool-result",
        callId,
        content: [{ type: "text", text: `result ${callId}` }],
        isError: callId === "2",
      })),
    },
  ];
}

const talk = [user, ...turn("Read:1", "Bash:2"), ...turn("Read:3"), user, ...turn("Bash:4")];

/** The ids whose result, and whose arguments, are gone. */
function goneOf(messages: readonly Message[]) {
  const results: string[] = [];
  const inputs: string[] = [];
  for (const { role, parts } of messages) {
    if (role === "tool")
      for (const { callId, content } of parts)
        if (!JSON.stringify(content).includes(`result ${callId}`)) results.push(callId);
    if (role === "assistant")
      for (const part of parts)
        if (part.type === "tool-call" && part.arguments === "{}") inputs.push(part.callId);
  }
  return { results, inputs };
}

const all = { keep: 0, excludeTools: [], clearInputs: false } as const;

describe("clearing tool uses", () => {
  test("an id that is used again belongs to the call before each result", () => {
    const again = [user, ...turn("Read:1"), ...turn("Bash:1"), ...turn("Read:1")];
    const { messages, count } = clearToolUses(again, {
      keep: 1,
      excludeTools: ["Read"],
      clearInputs: true,
    });
    expect([count, goneOf(messages)]).toEqual([1, { results: ["1"], inputs: ["1"] }]);
    expect(messages[3]).toMatchObject({ parts: [{}, { name: "Bash", arguments: "{}" }] });
  });

  test("what was cleared before is not counted again", () => {
    const first = clearToolUses(talk, { ...all, keep: 3 });
    const second = clearToolUses(first.messages, { ...all, keep: 2, clearInputs: true });
    expect([first.count, second.count]).toEqual([1, 1]);
    expect(goneOf(second.messages)).toEqual({ results: ["1", "2"], inputs: ["1", "2"] });
    expect(clearToolUses(second.messages, { ...all, keep: 2 })).toEqual({
      messages: second.messages,
      count: 0,
    });
  });

  test.each([
    ["all of them", all, ["1", "2", "3", "4"], []],
    ["all but the newest", { ...all, keep: 3 }, ["1"], []],
    ["none of few", { ...all, keep: 4 }, [], []],
    ["none of those that are excluded", { ...all, keep: 1, excludeTools: ["Read"] }, ["2"], []],
    ["the arguments, too", { ...all, keep: 2, clearInputs: true }, ["1", "2"], ["1", "2"]],
    ["the arguments of some tools", { ...all, keep: 1, clearInputs: ["Bash"] }, ["1", "2", "3"], ["2"]],
    [
      "no arguments where the result stays",
      { ...all, keep: 1, clearInputs: true, excludeTools: ["Bash"] },
      ["1", "3"],
      ["1", "3"],
    ],
  ] as const)("takes %s", (_, edit, results, inputs) => {
    const { messages, count } = clearToolUses(talk, edit);
    expect(count).toBe(results.length);
    expect(goneOf(messages)).toEqual({ results, inputs });
  });

  test("leaves everything else, and says in the place of a result that it was there", () => {
    const { messages } = clearToolUses(talk, all);
    expect(messages.map(({ role }) => role)).toEqual(talk.map(({ role }) => role));
    expect(messages.filter(({ role }) => role !== "tool")).toEqual(
      talk.filter(({ role }) => role !== "tool"),
    );
    expect(messages[2]).toEqual({
      role: "tool",
      parts: ["1", "2"].map((callId) => ({
        type: "tool-result",
        callId,
        content: [{ type: "text", text: expect.stringContaining("was cleared") }],
        isError: callId === "2",
      })),
    });
  });

  test("changes no object where nothing is cleared", () => {
    expect(clearToolUses(talk, { ...all, keep: 4 }).messages).toBe(talk);
    expect(clearToolUses([user], all).messages).toEqual([user]);
  });

  test("counts the results", () => {
    expect(countToolUses(talk)).toBe(4);
  });
});

test.each([
  ["all", 0],
  [3, 0],
  [4, 0],
  [2, 1],
  [1, 2],
] as const)("thinking: keeping %s clears %i turns", (keep, cleared) => {
  const { messages, count } = clearThinking(talk, { keep });
  expect(count).toBe(cleared);
  const thinking = messages.filter(({ parts }) => parts.some(({ type }) => type === "reasoning"));
  expect(thinking).toEqual(talk.filter(({ role }) => role === "assistant").slice(cleared));
});
