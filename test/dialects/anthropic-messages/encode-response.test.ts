import { describe, expect, it } from "vitest";

import { encodeResponse } from "../../../src/dialects/anthropic-messages/encode-response.ts";
import type { Block } from "../../../src/model/collect.ts";
import type { FinishReason } from "../../../src/model/events.ts";

function encode(finish: FinishReason, ...blocks: Block[]) {
  const usage = { inputTokens: 3, outputTokens: 2, estimated: false };
  return encodeResponse({ model: "M", blocks, finish, usage }, { messageId: "msg_1" });
}

describe("a whole message", () => {
  it("has all that Anthropic's has", () => {
    const call = { kind: "tool-call", callId: "toolu_1", name: "Read", arguments: '{"a":[1]}' } as const;
    expect(encode({ kind: "tool-calls" }, { kind: "text", text: "Hi" }, call)).toEqual({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "M",
      content: [
        { type: "text", text: "Hi" },
        { type: "tool_use", id: "toolu_1", name: "Read", input: { a: [1] } },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      usage: {
        input_tokens: 3,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 2,
      },
    });
  });

  it.each<[FinishReason, string, string | null]>([
    [{ kind: "stop" }, "end_turn", null],
    [{ kind: "stop", stopSequence: "END" }, "stop_sequence", "END"],
    [{ kind: "length" }, "max_tokens", null],
    [{ kind: "tool-calls" }, "tool_use", null],
    [{ kind: "content-filter" }, "refusal", null],
    [{ kind: "other", raw: "unknown" }, "end_turn", null],
  ])("ends by %j as %s", (finish, reason, sequence) => {
    expect(encode(finish)).toMatchObject({ stop_reason: reason, stop_sequence: sequence });
  });

  it("gives no half arguments to a caller that could run them", () => {
    const half = { kind: "tool-call", callId: "c", name: "Write", arguments: '{"text":"ab' } as const;
    expect(encode({ kind: "length" }, half).content).toEqual([
      { type: "tool_use", id: "c", name: "Write", input: {} },
    ]);
    expect(() => encode({ kind: "tool-calls" }, half)).toThrow(
      expect.objectContaining({ kind: "output-invalid" }),
    );
  });
});
