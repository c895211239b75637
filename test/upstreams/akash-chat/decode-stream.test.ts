import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { decodeError, isSessionRefusal } from "../../../src/upstreams/akash-chat/decode-error.ts";
import { createDataStreamDecoder } from "../../../src/upstreams/akash-chat/decode-stream.ts";
import { type Capture, readCaptures, readOracle } from "./support/captures.ts";
import { decodePieces, describe as tell, type Outcome } from "./support/decode-bytes.ts";

/**
 * The decided outcome of every recorded chat reply: `finish prompt/answer tokens`, or the kind of error, and whether
 * text came before it. `session`: a new session mends it.
 */
const outcomes = JSON.parse(
  readFileSync(new URL("../../fixtures/upstream/chat-outcomes.json", import.meta.url), "utf8"),
) as Record<string, string>;

const chats = readCaptures(
  (capture) =>
    capture.request.method === "POST" && capture.request.path.startsWith("/api/chat") && capture.status !== 0,
);

function tellRefusal(capture: Capture): string {
  const refusal = {
    status: capture.status,
    contentType: capture.headers["content-type"] ?? "",
    text: capture.body.toString("utf8"),
    limitReset: capture.headers["x-tokenlimit-reset"],
    retryAfter: capture.headers["retry-after"],
    challenged: false,
  };
  if (capture.status === 308) return "redirect";
  if (isSessionRefusal(refusal)) return "session";
  const error = decodeError(refusal, { now: Date.parse(capture.headers["date"] ?? "") });
  const wait = error.retryAfterMs === undefined ? "" : ` retry after ${error.retryAfterMs} ms`;
  return `${error.kind}${wait}${error.shouldRetry === false ? ", final" : ""}`;
}

function comparable(outcome: Outcome): unknown {
  return { ...outcome, failure: outcome.failure?.message };
}

describe("recorded chat replies", () => {
  test("each one is decided on", () => {
    expect(chats.map((capture) => capture.name).toSorted()).toEqual(Object.keys(outcomes).toSorted());
  });

  test.each(chats.map((capture) => [capture.name, outcomes[capture.name], capture] as const))(
    "%s: %s",
    (name, expected, capture) => {
      if (capture.status !== 200) {
        expect(tellRefusal(capture)).toBe(expected);
        return;
      }
      const { body } = capture;
      const whole = decodePieces([body]);
      expect(tell(whole)).toBe(expected);

      const oracle = readOracle(name);
      if (oracle !== undefined && oracle.reader_error === null && !oracle.text.includes("…[")) {
        // After an error part the SDK's reader goes on, we don't.
        if (oracle.errors.length === 0) expect(whole.text).toBe(oracle.text);
        else expect(oracle.text.startsWith(whole.text)).toBe(true);
      }

      expect(comparable(decodePieces(Array.from(body, (byte) => Uint8Array.of(byte))))).toEqual(
        comparable(whole),
      );
    },
  );

  test("none changes when its bytes are cut in two, wherever the cut is", () => {
    // Long ones repeat themselves: their first and last 1500 offsets stand for the rest.
    for (const { name, body, status } of chats) {
      if (status !== 200) continue;
      const whole = JSON.stringify(comparable(decodePieces([body])));
      for (let at = 0; at <= body.length; at += 1) {
        if (at > 1500 && at < body.length - 1500) continue;
        const cut = JSON.stringify(comparable(decodePieces([body.subarray(0, at), body.subarray(at)])));
        if (cut !== whole) expect.fail(`${name} cut at ${at}: ${cut}`);
      }
    }
  });
});

function decode(text: string): Outcome {
  return decodePieces([Buffer.from(text)]);
}

const done = 'd:{"finishReason":"stop","usage":{"promptTokens":1,"completionTokens":2}}\n';

describe("parts of the data stream", () => {
  test("every code is taken or passed over", () => {
    const outcome = decode(
      [
        'f:{"messageId":"msg-1"}',
        'g:"think"',
        '2:[{"a":1}]',
        "8:[1]",
        '9:{"toolCallId":"c","toolName":"t","args":{}}',
        'a:{"toolCallId":"c","result":1}',
        'b:{"toolCallId":"c","toolName":"t"}',
        'c:{"toolCallId":"c","argsTextDelta":"{"}',
        'h:{"sourceType":"url","id":"1","url":"https://example.com"}',
        'i:{"data":"x"}',
        'j:{"signature":"x"}',
        'k:{"mimeType":"image/png","data":"AA=="}',
        "4:{}",
        "z:not even JSON",
        '0:"text"',
        done,
      ].join("\n"),
    );
    expect(outcome).toMatchObject({ reasoning: "think", text: "text", failure: undefined });
    expect(tell(outcome)).toBe("stop 1/2");
  });

  test.each([
    [
      "steps that continue finish only at the end",
      `e:{"finishReason":"length","isContinued":true}\n0:"b"\n${done}`,
      "stop 1/2",
    ],
    ["an e without a d is an end", '0:"a"\ne:{"finishReason":"length","isContinued":false}\n', "length ?/?"],
    [
      "an e that continues is none",
      '0:"a"\ne:{"finishReason":"stop","isContinued":true}\n',
      "text, then upstream-truncated",
    ],
    ["no end at all", '0:"a"\n', "text, then upstream-truncated"],
    ["zero bytes", "", "upstream-truncated"],
    ["only a start", 'f:{"messageId":"m"}\n', "upstream-truncated"],
    ["a last line without its end", `0:"a"\n${done.trimEnd()}`, "stop 1/2"],
    ["CRLF", `0:"a"\r\n${done.trimEnd()}\r\n`, "stop 1/2"],
    ["what follows d is not read", `${done}3:"late"\n0:"later"\n`, "stop 1/2"],
    ["an odd reason", 'd:{"finishReason":"moved"}\n', "other ?/?"],
    ["a reason that is missing", "d:{}\n", "upstream-truncated"],
    [
      "usage that is missing or strange",
      'd:{"finishReason":"stop","usage":{"promptTokens":-1,"completionTokens":"3"}}',
      "stop ?/?",
    ],
    ["a finish that says error", '0:"a"\nd:{"finishReason":"error"}\n', "text, then upstream-unavailable"],
    ["a native tool call and nothing else", 'd:{"finishReason":"tool-calls"}\n', "output-invalid"],
    ["a page of the CDN", "<!DOCTYPE html>\n<html></html>", "upstream-unavailable"],
    ["a JSON error with status 200", '{"error":"nope"}', "upstream-protocol"],
    ["text that is not JSON", `0:"a" b"\n${done}`, "upstream-protocol"],
    ["text that is not a string", "0:5\n", "upstream-protocol"],
    ["a finish that is not JSON", "d:{\n", "upstream-protocol"],
  ])("%s: %j is %s", (_name, text, expected) => {
    expect(tell(decode(text))).toBe(expected);
  });

  test.each([
    ['0:"plain"', "plain"],
    ['0:"a \\"b\\" \\\\ \\n \\u0041 \\/"', 'a "b" \\ \n A /'],
    ['0:""', ""],
    ['0:"x\u2028y\u0085z"', "x\u2028y\u0085z"],
    ['0:"a\\ud83d"\n0:"\\ude00b"', "a😀b"],
    ['0:"a\\ud83d"\n0:"b"', "a\uFFFDb"],
    ['0:"\\ude00b\\ud83d"', "\uFFFDb\uFFFD"],
    ['0:"\\ud83d"\n2:[]\n0:"\\ude00"', "😀"],
  ])("%s is %j", (lines, text) => {
    expect(decode(`${lines}\n${done}`).text).toBe(text);
  });

  test("one line of text may be as long as all the thinking of a model", () => {
    const text = `<think>\n${"thought 😀 ".repeat(100_000)}\n</think>\n\n`;
    const outcome = decodePieces([Buffer.from(`0:${JSON.stringify(text)}\n${done}`)]);
    expect(outcome.text === text).toBe(true);
  });

  test("events before a failure are given out first, and nothing follows it", () => {
    const decoder = createDataStreamDecoder("m");
    decoder.push('0:"a"');
    decoder.push('3:"terminated"');
    decoder.push('0:"b"');
    decoder.push(done.trimEnd());
    expect(decoder.take().map((event) => event.type)).toEqual([
      "response-start",
      "block-start",
      "block-delta",
      "block-end",
    ]);
    expect(decoder.failure?.kind).toBe("upstream-truncated");
    expect(decoder.finished).toBe(false);
  });
});
