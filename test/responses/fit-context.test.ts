import type { ModelWindow } from "../../src/model/leg.ts";
import { describe, expect, test } from "vitest";
import type { ChatRequest, Message } from "../../src/model/request.ts";
import { fitContext } from "../../src/responses/fit-context.ts";
import { createRequest } from "../support/create-request.ts";

/** As Akash Chat has it, which keeps a part for the answer. */
function windowOf(contextLength: number | undefined): ModelWindow {
  if (contextLength === undefined) return {};
  return { contextLength, promptLimit: { tokens: contextLength - 1000, encoding: "cl100k_base" } };
}

function turn(role: "system" | "user" | "assistant", text: string): Message {
  return { role, parts: [{ type: "text", text }] };
}

const call: Message = {
  role: "assistant",
  parts: [{ type: "tool-call", callId: "call_a", name: "f", arguments: "{}" }],
};
const result: Message = {
  role: "tool",
  parts: [{ type: "tool-result", callId: "call_a", content: [], isError: false }],
};

/** A step of an agent, of 200 tokens. */
const step = (callId: string): Message[] => [
  { role: "assistant", parts: [{ type: "tool-call", callId, name: "f", arguments: "{}" }] },
  { role: "tool", parts: [{ type: "tool-result", callId, content: [], isError: false }] },
];

function request(messages: readonly Message[], maxOutputTokens?: number): ChatRequest {
  return createRequest({ messages, ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }) });
}

/** Counts 100 tokens for each message. */
function counter() {
  const counts: number[] = [];
  return {
    counts,
    async fits({ messages }: ChatRequest, room: number) {
      counts.push(messages.length);
      return messages.length * 100 <= room;
    },
  };
}

const signal = new AbortController().signal;

describe("fitContext", () => {
  test("leaves a prompt that fits alone", async () => {
    const chat = counter();
    const small = request([turn("user", "a"), turn("assistant", "b"), turn("user", "c")]);
    expect(await fitContext(chat, small, { window: windowOf(10_000), signal })).toBe(small);
    expect(chat.counts).toEqual([3]);
  });

  test("drops the oldest turns, never a system message, and never splits a call from its result", async () => {
    const last = [turn("user", "3"), call, result, turn("assistant", "done")];
    const messages = [
      turn("system", "Be brief."),
      turn("user", "1"),
      call,
      result,
      turn("user", "2"),
      turn("system", "Note."),
      turn("assistant", "b"),
      ...last,
    ];
    const fitted = await fitContext(counter(), request(messages, 100), { window: windowOf(1750), signal });
    expect(fitted.messages).toEqual([turn("system", "Be brief."), turn("system", "Note."), ...last]);
  });

  test("keeps the last turn even if that is too long", async () => {
    const fitted = await fitContext(counter(), request([turn("user", "1"), turn("user", "2")]), {
      window: windowOf(10),
      signal,
    });
    expect(fitted.messages).toEqual([turn("user", "2")]);
  });

  describe("in one long turn", () => {
    const begun = [
      turn("system", "Be brief."),
      turn("user", "old"),
      turn("assistant", "b"),
      turn("user", "Mend it."),
    ];
    const fit = (messages: readonly Message[], contextLength: number) =>
      fitContext(counter(), request([...begun, ...messages], 0), {
        window: windowOf(contextLength),
        signal,
      }).then((fitted) => fitted.messages);
    const kept = [begun[0], begun[3]];

    test("drops the first steps, never the user's last message, a call or its result alone", async () => {
      const steps = ["1", "2", "3", "4"].map(step);
      expect(await fit(steps.flat(), 1650)).toEqual([...kept, ...steps.slice(2).flat()]);
      expect(await fit(steps.flat(), 2000)).toEqual([...kept, ...steps.flat()]);
    });

    test("keeps the last step even if that is too long", async () => {
      expect(await fit(["1", "2"].flatMap(step), 10)).toEqual([...kept, ...step("2")]);
    });

    test("is not kept from it by a result whose call is nowhere", async () => {
      const [, lost = result] = step("lost");
      expect(await fit([lost, ...step("1"), ...step("2")], 10)).toEqual([...kept, ...step("2")]);
    });

    test("keeps steps together that wait for each other's results", async () => {
      const [first = call, firstResult = result] = step("1");
      const [second = call, secondResult = result] = step("2");
      const tangled = [first, firstResult, second, turn("assistant", "b"), secondResult];
      expect(await fit(tangled, 1650)).toEqual([...kept, ...tangled.slice(2)]);
      const interrupted = [...step("1"), second, turn("user", "Faster."), secondResult, ...step("3")];
      expect(await fit(interrupted, 10)).toEqual([begun[0], turn("user", "Faster."), ...step("3")]);
    });
  });

  test("counts seldom in a long conversation, and drops no more than it must", async () => {
    const chat = counter();
    const messages = Array.from({ length: 1000 }, (_, index) => turn("user", String(index)));
    const fitted = await fitContext(chat, request(messages, 0), { window: windowOf(51_000), signal });
    expect(fitted.messages).toHaveLength(500);
    expect(chat.counts.length).toBeLessThan(12);
  });

  test("does nothing when the length is unknown", async () => {
    const chat = counter();
    const any = request([turn("user", "1"), turn("user", "2")]);
    expect(await fitContext(chat, any, { window: windowOf(undefined), signal })).toBe(any);
    expect(chat.counts).toEqual([]);
  });
});
