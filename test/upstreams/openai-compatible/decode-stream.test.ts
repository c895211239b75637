import { Buffer } from "node:buffer";

import { describe, expect, test } from "vitest";

import type { CallMode } from "../../../src/upstreams/openai-compatible/answer-writer.ts";
import type { DecodeOptions } from "../../../src/upstreams/openai-compatible/answer-reader.ts";
import { decodeResponse } from "../../../src/upstreams/openai-compatible/decode-response.ts";
import { createStreamDecoder } from "../../../src/upstreams/openai-compatible/decode-stream.ts";
import { collectEvents, decode, decodeOptions, textOf } from "./read-case.ts";

type Delta = Readonly<Record<string, unknown>>;

const sse = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: Delta, finish: string | null = null) =>
  sse({ choices: [{ index: 0, delta, finish_reason: finish }] });
const calls = (...pieces: readonly unknown[]) => chunk({ tool_calls: pieces });
const done = "data: [DONE]\n\n";

function read(body: string, options: Partial<DecodeOptions> = {}) {
  return decode([Buffer.from(body)], decodeOptions(options));
}

function answerOf(body: string, options: Partial<DecodeOptions> = {}) {
  const { events, failure } = read(body, options);
  expect(failure).toBeUndefined();
  return collectEvents(events);
}

function callsOf(body: string, options: Partial<DecodeOptions> = {}) {
  return answerOf(body, options).blocks.flatMap((block) =>
    block.kind === "tool-call" ? [[block.callId, block.name, block.arguments]] : [],
  );
}

const piece = (
  index: number | undefined,
  id: string | undefined,
  name: string | undefined,
  args?: unknown,
) => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id }),
  function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
});

describe.each<CallMode>(["whole", "stream"])("calls in pieces, given %s", (mode) => {
  test.each<[string, readonly string[], readonly (readonly string[])[]]>([
    [
      "pieces of two calls take turns",
      [
        calls(piece(0, "a", "f", "")),
        calls(piece(1, "b", "g", "")),
        calls(piece(0, undefined, undefined, '{"x":')),
        calls(piece(1, undefined, undefined, '{"y":')),
        calls(piece(0, undefined, undefined, "1}"), piece(1, undefined, undefined, "2}")),
      ],
      [
        ["a", "f", '{"x":1}'],
        ["b", "g", '{"y":2}'],
      ],
    ],
    [
      "two pieces of one call in a chunk",
      [calls(piece(0, "a", "f", '{"x"'), piece(0, undefined, undefined, ":1}"))],
      [["a", "f", '{"x":1}']],
    ],
    [
      "indices begin at 1",
      [calls(piece(1, "a", "f", "")), calls(piece(1, undefined, undefined, '{"x":1}'))],
      [["a", "f", '{"x":1}']],
    ],
    [
      "no ids, indices alone",
      [
        calls(piece(0, undefined, "f", '{"x":')),
        calls(piece(0, undefined, undefined, "1}")),
        calls(piece(1, undefined, "g", "{}")),
      ],
      [
        ["call_own1", "f", '{"x":1}'],
        ["call_own2", "g", "{}"],
      ],
    ],
    [
      "neither ids nor indices, whole calls in one chunk",
      [calls(piece(undefined, undefined, "f", '{"x":1}'), piece(undefined, undefined, "f", '{"x":2}'))],
      [
        ["call_own1", "f", '{"x":1}'],
        ["call_own2", "f", '{"x":2}'],
      ],
    ],
    [
      "neither ids nor indices, a call in pieces and another",
      [
        calls(piece(undefined, undefined, "f", '{"x":')),
        calls(piece(undefined, undefined, undefined, "1}")),
        calls(piece(undefined, undefined, "f", '{"x":2}')),
      ],
      [
        ["call_own1", "f", '{"x":1}'],
        ["call_own2", "f", '{"x":2}'],
      ],
    ],
    [
      "the name again in each piece",
      [
        calls(piece(0, "a", "f", "")),
        calls(piece(0, undefined, "f", '{"x":')),
        calls(piece(0, undefined, "f", "1}")),
      ],
      [["a", "f", '{"x":1}']],
    ],
    [
      "all of the name so far in each piece",
      [calls(piece(0, "a", "get")), calls(piece(0, "a", "get_time")), calls(piece(0, "a", undefined, "{}"))],
      [["a", "get_time", "{}"]],
    ],
    [
      "a special token behind the name",
      [
        calls(piece(0, "a", "f<|chan")),
        calls(piece(0, "a", "nel|>json")),
        calls(piece(0, "a", undefined, "{}")),
      ],
      [["a", "f", "{}"]],
    ],
    [
      "the id before the name",
      [
        calls(piece(0, "a", undefined)),
        calls(piece(0, undefined, "f")),
        calls(piece(0, undefined, undefined, "{}")),
      ],
      [["a", "f", "{}"]],
    ],
    [
      "the name behind the arguments",
      [
        calls(piece(0, "a", undefined, '{"x":')),
        calls(piece(0, undefined, undefined, "1}")),
        calls(piece(0, undefined, "f")),
      ],
      [["a", "f", '{"x":1}']],
    ],
    [
      "an empty object before the arguments",
      [calls(piece(0, "a", "f", "{}")), calls(piece(0, undefined, undefined, '{"x":1}'))],
      [["a", "f", '{"x":1}']],
    ],
    [
      "one id for two whole calls",
      [calls(piece(0, "a", "f", '{"x":1}')), calls(piece(1, "a", "f", '{"x":2}'))],
      [
        ["a", "f", '{"x":1}'],
        ["call_own1", "f", '{"x":2}'],
      ],
    ],
    ...(
      [
        ["the id in the first pieces", undefined],
        ["the id in all pieces", "a"],
      ] as const
    ).map(([how, id]): [string, readonly string[], readonly (readonly string[])[]] => [
      `one id for two calls of a tool in pieces, ${how}`,
      [
        calls(piece(0, "a", "f", "")),
        calls(piece(0, id, undefined, '{"x":')),
        calls(piece(0, id, undefined, "1}")),
        calls(piece(1, "a", "f", "")),
        calls(piece(1, id, undefined, '{"x":')),
        calls(piece(1, id, undefined, "2}")),
        calls(piece(2, "a", "f")),
      ],
      [
        ["a", "f", '{"x":1}'],
        ["call_own1", "f", '{"x":2}'],
        ["call_own2", "f", "{}"],
      ],
    ]),
    [
      "one id for two calls of a tool whose pieces take turns",
      [
        calls(piece(0, "a", "f", "")),
        calls(piece(1, "a", "f", "")),
        calls(piece(0, "a", undefined, '{"x":'), piece(1, "a", undefined, '{"x":')),
        calls(piece(0, undefined, undefined, "1}"), piece(1, "a", undefined, "2}")),
      ],
      [
        ["a", "f", '{"x":1}'],
        ["call_own1", "f", '{"x":2}'],
      ],
    ],
    ...([0, undefined] as const).flatMap((index) =>
      (["a", undefined] as const).map((id): [string, readonly string[], readonly (readonly string[])[]] => [
        `two calls of a tool in pieces, named anew at index ${index} with id ${id}`,
        [
          calls(piece(index, id, "f", "")),
          calls(piece(index, undefined, undefined, '{"x":1}')),
          calls(piece(index, id, "f", "")),
          calls(piece(index, id, undefined, '{"x":')),
          calls(piece(index, undefined, undefined, "2}")),
        ],
        [
          [id ?? "call_own1", "f", '{"x":1}'],
          [id === undefined ? "call_own2" : "call_own1", "f", '{"x":2}'],
        ],
      ]),
    ),
    [
      "the name again at the end, and then another call, its id before its name",
      [
        calls(piece(0, "a", "f", '{"x":1}')),
        calls(piece(0, "a", "f", "")),
        calls(piece(1, "b", undefined)),
        calls(piece(1, undefined, "g", "")),
        calls(piece(1, undefined, undefined, '{"y":2}')),
      ],
      [
        ["a", "f", '{"x":1}'],
        ["b", "g", '{"y":2}'],
      ],
    ],
    [
      "the id and the name again at the end",
      [calls(piece(0, "a", "f", '{"x":1}')), calls(piece(0, "a", "f", "")), calls(piece(0, "a", "f"))],
      [["a", "f", '{"x":1}']],
    ],
    [
      "ids that are none",
      ["", "0", "12", "null", "n/a", "undefined"].map((id, at) => calls(piece(at, id, "f", `{"x":${at}}`))),
      [0, 1, 2, 3, 4, 5].map((at) => [`call_own${at + 1}`, "f", `{"x":${at}}`]),
    ],
    [
      "an old function_call in pieces",
      [
        chunk({ function_call: { name: "f", arguments: "" } }),
        chunk({ function_call: { arguments: '{"x":' } }),
        chunk({ function_call: { arguments: "1}" } }),
      ],
      [["call_own1", "f", '{"x":1}']],
    ],
    [
      "arguments as an object, null, missing",
      [calls(piece(0, "a", "f", { x: 1 })), calls(piece(1, "b", "f", null)), calls(piece(2, "c", "f"))],
      [
        ["a", "f", '{"x":1}'],
        ["b", "f", "{}"],
        ["c", "f", "{}"],
      ],
    ],
    [
      "two names that were offered are two calls",
      [calls(piece(0, undefined, "get_time", "")), calls(piece(0, undefined, "get_date", '{"x":1}'))],
      [
        ["call_own1", "get_time", "{}"],
        ["call_own2", "get_date", '{"x":1}'],
      ],
    ],
    [
      "brackets and quotes in strings",
      [calls(piece(0, "a", "f", '{"x":"}\\"]{')), calls(piece(0, undefined, undefined, '\\\\"}'))],
      [["a", "f", '{"x":"}\\"]{\\\\"}']],
    ],
    [
      "a piece that says nothing",
      [calls(piece(0, "a", "f", "{}")), calls(piece(undefined, "x9", "", "")), calls(null, 7)],
      [["a", "f", "{}"]],
    ],
  ])("%s", (_name, chunks, expected) => {
    const body = [...chunks, chunk({}, "tool_calls"), done].join("");
    const tools = new Set(["get_time", "get_date"]);
    expect(callsOf(body, { calls: mode, tools })).toEqual(expected);
    expect(answerOf(body, { calls: mode, tools }).finish.kind).toBe("tool-calls");
  });

  test("text between calls stays between them", () => {
    const body = [
      chunk({ content: "One. " }),
      calls(piece(0, "a", "f", '{"x":')),
      chunk({ content: "Two." }),
      calls(piece(0, undefined, undefined, "1}")),
      calls(piece(1, "b", "g", '{"y":2}')),
      chunk({}, "stop"),
      done,
    ].join("");
    expect(
      answerOf(body, { calls: mode }).blocks.map((block) =>
        block.kind === "text" ? block.text : block.kind,
      ),
    ).toEqual(["One. ", "tool-call", "Two.", "tool-call"]);
  });

  test("a call without a name can't be made", () => {
    const { failure } = read(calls(piece(0, "a", undefined, '{"x":1}')) + chunk({}, "tool_calls"), {
      calls: mode,
    });
    expect([failure?.reason, failure?.retry]).toEqual(["output-unparsable", "same"]);
  });

  test.each(["{", "", "{ "])("of a call that is cut at its beginning (%j) nothing is given", (args) => {
    const answer = answerOf(
      calls(piece(0, "a", "f", '{"x":1}')) + calls(piece(1, "b", "g", args)) + chunk({}, "length") + done,
      { calls: mode },
    );
    expect(answer.blocks.map((block) => block.kind === "tool-call" && block.name)).toEqual(["f"]);
    expect(answer.finish.kind).toBe("length");
  });
});

test("a call that is cut later is not given, unless it was given while it came", () => {
  const body = calls(piece(0, "a", "f", '{"x":"lo')) + chunk({}, "length") + done;
  expect(callsOf(body, { calls: "whole" })).toEqual([]);
  expect(callsOf(body, { calls: "stream" })).toEqual([["a", "f", '{"x":"lo']]);
});

test("arguments are given while they come", () => {
  const decoder = createStreamDecoder(decodeOptions({ calls: "stream" }));
  decoder.push(Buffer.from(calls(piece(0, "a", "f", '{"x":"lo'))));
  expect(decoder.push(Buffer.from(calls(piece(0, undefined, undefined, "ng"))))).toEqual([
    { type: "block-delta", index: 0, text: "ng" },
  ]);
});

describe.each<CallMode>(["whole", "stream"])("long arguments, given %s", (mode) => {
  test.each([
    ["in many pieces", `{"x":"${"lo".repeat(50_000)}"}`],
    ["that are blanks first", `{${" \n".repeat(50_000)}}`],
  ])("%s: each character is looked at a bounded number of times", (_name, args) => {
    const pieces = [...args.matchAll(/[\s\S]{1,4}/g)].map(([part]) =>
      calls(piece(0, undefined, undefined, part)),
    );
    const body = calls(piece(0, "a", "f", "")) + pieces.join("") + chunk({}, "stop");
    expect(callsOf(body, { calls: mode })).toEqual([["a", "f", args]]);
  });
});

const endWith = (more: Delta) =>
  sse({ choices: [{ delta: { content: "Hi" }, finish_reason: "stop", ...more }] });

describe("ends", () => {
  test.each([
    ["stop", "stop"],
    ["eos_token", "stop"],
    ["something new", "stop"],
    ["max_tokens", "length"],
    ["model_length", "length"],
    ["content_filter", "content-filter"],
    ["SAFETY", "content-filter"],
    ["tool_calls", "stop"],
  ])("%s is %s", (word, kind) => {
    expect(answerOf(chunk({ content: "Hi" }, word)).finish).toEqual({ kind, raw: word });
  });

  test.each([
    ["error", "server"],
    ["abort", "truncated"],
    ["insufficient_system_resource", "overloaded"],
    ["MALFORMED_FUNCTION_CALL", "output-unparsable"],
  ])("%s is a failure", (word, reason) => {
    const { events, failure } = read(chunk({ content: "Hi" }) + chunk({}, word) + done);
    expect(failure?.reason).toBe(reason);
    expect(textOf(events, "text")).toBe("Hi");
  });

  test("an empty word is none", () => {
    expect(read(chunk({ content: "Hi" }, "")).failure?.reason).toBe("truncated");
  });

  test("the stop sequence that ended the answer is named where the server says so", () => {
    for (const more of [{ stop_reason: "END" }, { matched_stop: "END" }]) {
      expect(answerOf(endWith(more), { stopSequences: ["END"] }).finish.stopSequence).toBe("END");
      expect(answerOf(endWith(more)).finish.stopSequence).toBeUndefined();
    }
    expect(
      answerOf(endWith({ stop_reason: 128_001 }), { stopSequences: ["END"] }).finish.stopSequence,
    ).toBeUndefined();
  });

  test("it is known when nothing but usage may follow", () => {
    const decoder = createStreamDecoder(decodeOptions());
    decoder.push(Buffer.from(chunk({ content: "Hi" })));
    expect(decoder.ended).toBe(false);
    decoder.push(Buffer.from(chunk({}, "stop")));
    expect([decoder.ended, decoder.finished]).toEqual([true, false]);
    decoder.push(Buffer.from(done));
    expect(decoder.finished).toBe(true);
    expect(decoder.push(Buffer.from(chunk({ content: "more" })))).toEqual([]);
    expect(decoder.end()).toEqual([]);
  });
});

describe("errors in an answer that began", () => {
  test.each([
    ["error event", `event: error\ndata: {"message":"overloaded"}\n\n`, "overloaded"],
    ["error event of plain words", "event: error\ndata: Internal failure\n\n", "server"],
    ["error field", 'error: {"code":500,"message":"Context size has been exceeded."}\n\n', "context-length"],
    ["bare JSON", '{"error":{"message":"boom","code":500}}\n', "server"],
    ["flat", sse({ object: "error", message: "boom", code: 500 }), "server"],
    ["text", sse({ error: "boom" }), "server"],
    [
      "in a chunk",
      sse({ error: { code: 429, message: "Rate limit" }, choices: [{ delta: {}, finish_reason: "error" }] }),
      "rate-limit",
    ],
    [
      "in a choice",
      sse({
        choices: [
          { delta: {}, error: { code: 402, message: "Insufficient credits" }, finish_reason: "error" },
        ],
      }),
      "credit",
    ],
  ])("%s", (_name, event, reason) => {
    const { events, failure } = read(chunk({ content: "He" }) + event + done);
    expect(failure?.reason).toBe(reason);
    expect(textOf(events, "text")).toBe("He");
    expect(events.at(-1)?.type).toBe("block-end");
  });

  test("what says nothing is passed over", () => {
    const noise = [
      ": OPENROUTER PROCESSING\n\n",
      ":\n",
      "data:\n\n",
      "event: ping\ndata: {}\n\n",
      "data: null\n\n",
      sse({ error: null }),
      sse({ choices: [] }),
      sse({ type: "ping" }),
    ];
    expect(answerOf(noise.join("") + chunk({ content: "Hi" }, "stop") + noise.join("")).blocks).toEqual([
      { kind: "text", text: "Hi" },
    ]);
  });

  test.each([
    ["garbage between events", `${chunk({ content: "Hi" })}data: {"choi\n\n${chunk({}, "stop")}`, "protocol"],
    ["nothing at all", "", "truncated"],
    ["plain words", "upstream connect error or disconnect", "protocol"],
    ["a page", "<!doctype html><p>Sign in", "proxy"],
    ["a list", "[1, 2]", "protocol"],
    ["JSON that is no answer", '{"hello": "world"}', "protocol"],
    [
      "a path that LM Studio does not know",
      '{"error":"Unexpected endpoint or method. (GET /v1/x)"}',
      "not-supported",
    ],
  ])("%s", (_name, body, reason) => {
    expect(read(body).failure?.reason).toBe(reason);
    expect(decodeResponse(body, decodeOptions()).failure?.reason).toBe(reason);
  });
});

const say = (...texts: readonly string[]) =>
  texts.map((text) => chunk({ content: text })).join("") + chunk({}, "stop");

describe("forms of events", () => {
  const first = chunk({ content: "Hel" });
  const last = chunk({ content: "lo" }, "stop");

  test.each([
    ["no blank behind data:", (first + last).replaceAll("data: ", "data:")],
    ["no empty lines", (first + last + done).replaceAll("\n\n", "\n")],
    ["CRLF", (first + last + done).replaceAll("\n", "\r\n")],
    [
      "an event of several lines",
      'data: {"choices":\ndata: [{"delta":{"content":"Hello"},"finish_reason":"stop"}]}\n\n',
    ],
    [
      "a whole answer in place of a stream",
      JSON.stringify({ choices: [{ message: { content: "Hello" } }] }, null, 2),
    ],
    ["text of the old route", sse({ choices: [{ text: "Hello", finish_reason: "stop" }] })],
    [
      "other choices beside ours",
      sse({ choices: [{ index: 1, delta: { content: "x" }, finish_reason: "stop" }] }) + first + last,
    ],
  ])("%s", (_name, body) => {
    expect(textOf(read(body).events, "text")).toBe("Hello");
    expect(read(body).failure).toBeUndefined();
  });

  test("no empty lines: each event is given as it comes", () => {
    const decoder = createStreamDecoder(decodeOptions());
    decoder.push(Buffer.from(first.replace("\n\n", "\n")));
    expect(decoder.push(Buffer.from(last.replace("\n\n", "\n"))).length).toBeGreaterThan(0);
  });

  test("a pair that is cut in two deltas is joined, and a half is replaced", () => {
    expect(textOf(read(say("a\ud83d", "\ude00b")).events, "text")).toBe("a😀b");
    expect(textOf(read(say("a\ud83d", "b\ud83d")).events, "text")).toBe("a\uFFFDb\uFFFD");
  });
});

describe("thinking and refusals", () => {
  test.each<[string, Delta, string, string]>([
    ["reasoning_content", { reasoning_content: "Hm.", content: "Four" }, "Hm.", "Four"],
    ["reasoning", { reasoning: "Hm.", content: "" }, "Hm.", ""],
    ["both", { reasoning: "Hm.", reasoning_content: "Hm." }, "Hm.", ""],
    ["details alone", { reasoning_details: [{ type: "reasoning.summary", summary: "Hm." }] }, "Hm.", ""],
    [
      "details and text",
      { reasoning: "Hm.", reasoning_details: [{ type: "reasoning.text", text: "Hm." }] },
      "Hm.",
      "",
    ],
    ["encrypted details", { reasoning_details: [{ type: "reasoning.encrypted", data: "x" }] }, "", ""],
    [
      "parts",
      { content: [{ type: "thinking", thinking: "Hm." }, { type: "text", text: "Four" }, "!"] },
      "Hm.",
      "Four!",
    ],
    ["a refusal", { content: null, refusal: "I can't." }, "", "I can't."],
    ["a refusal as a part", { content: [{ type: "refusal", refusal: "No." }] }, "", "No."],
  ])("%s", (_name, delta, reasoning, text) => {
    const { events } = read(chunk(delta) + chunk({}, "stop"));
    expect([textOf(events, "reasoning"), textOf(events, "text")]).toEqual([reasoning, text]);
  });

  test("details are gathered for the next turn", () => {
    const decoder = createStreamDecoder(decodeOptions());
    const detail = (text: string, signature: string | null) =>
      chunk({ reasoning_details: [{ type: "reasoning.text", index: 0, text, signature }] });
    decoder.push(Buffer.from(detail("He", null) + detail("y", "sig") + chunk({}, "stop")));
    expect(decoder.reasoningDetails).toEqual([
      { type: "reasoning.text", index: 0, text: "Hey", signature: "sig" },
    ]);
  });
});

describe("usage", () => {
  test.each<[Delta | null, unknown]>([
    [null, { estimated: false }],
    [{}, { estimated: false }],
    [
      { prompt_tokens: 5, total_tokens: 7 },
      { inputTokens: 5, outputTokens: 2, estimated: false },
    ],
    [
      { input_tokens: 5, output_tokens: 2 },
      { inputTokens: 5, outputTokens: 2, estimated: false },
    ],
    [
      { prompt_tokens: 5, completion_tokens: -1 },
      { inputTokens: 5, estimated: false },
    ],
    [
      { prompt_tokens: 5, completion_tokens: 9, completion_tokens_details: { reasoning_tokens: 4 } },
      { inputTokens: 5, outputTokens: 9, reasoningTokens: 4, estimated: false },
    ],
    [
      {
        prompt_tokens: 5,
        completion_tokens: 2,
        total_tokens: 47,
        completion_tokens_details: { reasoning_tokens: 40 },
      },
      { inputTokens: 5, outputTokens: 42, reasoningTokens: 40, estimated: false },
    ],
  ])("%j", (usage, expected) => {
    expect(answerOf(chunk({ content: "Hi" }, "stop") + sse({ choices: [], usage }) + done).usage).toEqual(
      expected,
    );
  });
});
