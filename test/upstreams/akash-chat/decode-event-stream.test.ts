import { describe, expect, test } from "vitest";

import { createEventStreamDecoder } from "../../../src/upstreams/akash-chat/decode-event-stream.ts";
import { decodePieces, describe as tell } from "./support/decode-bytes.ts";

function encode(events: readonly unknown[]): string {
  return events
    .map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`)
    .join("");
}

function decode(text: string) {
  return decodePieces([Buffer.from(text)], createEventStreamDecoder("m"));
}

const answer = encode([
  { type: "start", messageId: "m" },
  { type: "start-step" },
  { type: "reasoning-start", id: "r" },
  { type: "reasoning-delta", id: "r", delta: "think 😀" },
  { type: "reasoning-end", id: "r" },
  { type: "text-start", id: "t" },
  { type: "text-delta", id: "t", delta: "Hello \ud83d" },
  { type: "text-delta", id: "t", delta: "\ude00\u2028" },
  { type: "text-end", id: "t" },
  { type: "data-custom", data: {} },
  { type: "something-new", delta: 5 },
  { type: "finish-step" },
  { type: "finish" },
  "[DONE]",
]);

describe("event stream of later SDKs", () => {
  test("gives reasoning and text, and stops without a reason given", () => {
    const outcome = decode(answer);
    expect(outcome).toMatchObject({ reasoning: "think 😀", text: "Hello 😀\u2028" });
    expect(tell(outcome)).toBe("stop ?/?");
  });

  test("does not change by cuts", () => {
    const bytes = Buffer.from(answer);
    const whole = decode(answer);
    for (let at = 0; at <= bytes.length; at += 1) {
      const pieces = [bytes.subarray(0, at), bytes.subarray(at)];
      expect(decodePieces(pieces, createEventStreamDecoder("m"))).toEqual(whole);
    }
  });

  test("may have CRLF, comments, event names and data over several lines", () => {
    const text = ': ping\r\nevent: x\r\ndata:{"type":"text-delta",\r\ndata: "delta":"hi"}\r\n\r\n';
    expect(decode(`${text}${encode([{ type: "finish" }])}`).text).toBe("hi");
  });

  test.each([
    [
      "a finish with reason and usage",
      [
        {
          type: "finish",
          finishReason: "length",
          messageMetadata: { usage: { promptTokens: 1, completionTokens: 2 } },
        },
      ],
      "length 1/2",
    ],
    ["the older form of reasoning", [{ type: "reasoning", text: "r" }, { type: "finish" }], "stop ?/?"],
    [
      "an error",
      [
        { type: "text-delta", delta: "a" },
        { type: "error", errorText: "Rate limit" },
      ],
      "text, then rate-limited",
    ],
    ["an abort", [{ type: "abort" }], "upstream-truncated"],
    ["no finish", [{ type: "text-delta", delta: "a" }], "text, then upstream-truncated"],
    [
      "done without a finish",
      [{ type: "text-delta", delta: "a" }, "[DONE]"],
      "text, then upstream-truncated",
    ],
    ["no JSON", ["{nope"], "upstream-protocol"],
    ["nothing", [], "upstream-truncated"],
  ])("%s", (_name, events, expected) => {
    expect(tell(decode(encode(events)))).toBe(expected);
  });
});
