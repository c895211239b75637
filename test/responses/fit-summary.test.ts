import type { ModelWindow } from "../../src/model/leg.ts";
import { describe, expect, test } from "vitest";
import type { ChatRequest, Message } from "../../src/model/request.ts";
import { fitSummary } from "../../src/responses/fit-summary.ts";
import { createRequest } from "../support/create-request.ts";

/** As Akash Chat has it, which keeps a part for the answer. */
function windowOf(contextLength: number | undefined): ModelWindow {
  if (contextLength === undefined) return {};
  return { contextLength, promptLimit: { tokens: contextLength - 1000, encoding: "cl100k_base" } };
}

const { signal } = new AbortController();
/** Counts one token for each character. */
const chat = { fits: async (request: ChatRequest, room: number) => lengthOf(request) <= room };

function lengthOf({ messages }: ChatRequest): number {
  return messages.flatMap(({ parts }) => parts.map(textOf)).join("").length;
}

function textOf(part: Message["parts"][number]): string {
  if (part.type === "tool-result")
    return part.content.map((piece) => ("text" in piece ? piece.text : "")).join("");
  return "text" in part ? part.text : "";
}

function say(role: "user" | "assistant", text: string): Message {
  return { role, parts: [{ type: "text", text }] };
}

function result(text: string): Message {
  return {
    role: "tool",
    parts: [{ type: "tool-result", callId: "c", content: [{ type: "text", text }], isError: false }],
  };
}

describe("a request for a summary", () => {
  const words = say("user", "w".repeat(1000));

  test.each([
    [
      "as it is when it fits, or nobody knows what fits",
      [words, result("r".repeat(20_000))],
      undefined,
      21_000,
    ],
    ["as it is when it fits", [words, result("r".repeat(20_000))], 28_000, 21_000],
    ["with the middle of long results left out", [words, result("r".repeat(20_000))], 20_000, 9001],
    ["with less of them when that is too long", [words, result("r".repeat(20_000))], 4400, 3001],
    [
      "without the oldest answers at last",
      [words, ...Array.from({ length: 20 }, () => say("assistant", "a".repeat(500)))],
      4000,
      3000,
    ],
    [
      "never without the user's words",
      [words, words, words, words, words, result("r".repeat(9000))],
      4000,
      5000,
    ],
  ])("stays %s", async (_name, messages, contextLength, length) => {
    const fitted = await fitSummary(chat, createRequest({ messages }), {
      window: windowOf(contextLength),
      signal,
    });
    expect(lengthOf(fitted)).toBe(length);
  });

  test("leaves no more room than the summary may take", async () => {
    const request = createRequest({ messages: [words, result("r".repeat(20_000))], maxOutputTokens: 1000 });
    expect(await fitSummary(chat, request, { window: windowOf(22_000), signal })).toBe(request);
  });

  test("keeps its newest answers", async () => {
    const messages = [
      words,
      ...["one", "two", "three"].map((text) => say("assistant", text.padEnd(900, "."))),
    ];
    const fitted = await fitSummary(chat, createRequest({ messages }), { window: windowOf(4000), signal });
    expect(fitted.messages.map(({ parts }) => parts.map(textOf).join("").slice(0, 3))).toEqual([
      "www",
      "two",
      "thr",
    ]);
  });
});
