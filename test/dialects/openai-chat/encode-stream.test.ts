import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  createStreamEncoder,
  createChoicesEncoder,
  encodeResponse,
} from "../../../src/dialects/openai-chat/index.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { BlockWriter } from "../../../src/model/block-writer.ts";
import { createPieceWriter } from "../../support/create-piece-writer.ts";
import { createCollector } from "../../../src/model/collect.ts";
import type { ChatEvent, Usage } from "../../../src/model/events.ts";
import { arbitraryEvents } from "../../support/arbitrary-events.ts";
import { type AnyJson, readChunks } from "../../support/post.ts";

const identity = { id: "chatcmpl-1", created: 1_700_000_000, legacyFunctions: false };
const asked = { ...identity, model: "qwen" };
const usage: Usage = { inputTokens: 5, outputTokens: 7, reasoningTokens: 2, estimated: false };

/** An answer of which every piece comes alone. */
function answer(
  write: (writer: Pick<BlockWriter, "write" | "openToolCall" | "writeArguments">) => void,
  finish: "stop" | "tool-calls" | "length" = "stop",
) {
  const writer = createPieceWriter("Qwen3");
  write(writer);
  writer.finish({ kind: finish }, usage);
  return writer.take();
}

function encode(events: readonly ChatEvent[], options: object = {}): string {
  const encoder = createStreamEncoder({ ...asked, includeUsage: false, ...options });
  return events.map((event) => encoder.push(event)).join("");
}

const chunk = (delta: string, finish = "null") =>
  `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"Qwen3","choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]}\n\n`;

const deltas = (text: string) => readChunks(text).map((chunk) => chunk.choices[0].delta);

test("text: a chunk with the role, the deltas, the finish, [DONE]", () => {
  const text = encode(
    answer((writer) => {
      writer.write("text", "Hel");
      writer.write("text", 'lo "\n');
    }),
  );
  expect(text).toBe(
    chunk('{"role":"assistant","content":""}') +
      chunk('{"content":"Hel"}') +
      chunk(String.raw`{"content":"lo \"\n"}`) +
      chunk("{}", '"stop"') +
      "data: [DONE]\n\n",
  );
});

test("text before and behind a call is parted by a line break, streamed and whole", () => {
  const events = answer((writer) => {
    writer.openToolCall("call_1", "a");
    writer.writeArguments("{}");
    writer.write("text", "First");
    writer.write("text", ".");
    for (const id of ["call_2", "call_3"]) {
      writer.openToolCall(id, "b");
      writer.writeArguments("{}");
    }
    writer.write("reasoning", "Hm.");
    writer.write("text", "Then");
    writer.write("text", ".");
  }, "tool-calls");
  const streamed = deltas(encode(events)).map(
    (delta) => (delta as { content?: string | null }).content ?? "",
  );
  const collector = createCollector();
  for (const event of events) collector.push(event);
  const whole = encodeResponse([collector.result()], identity) as AnyJson;
  expect(streamed.join("")).toBe("First.\nThen.");
  expect(whole.choices[0].message.content).toBe("First.\nThen.");
});

test("line breaks of Unicode are escaped, since some readers cut lines there", () => {
  const text = encode(answer((writer) => writer.write("text", "a\u2028b\u0085c")));
  expect(text).toContain(String.raw`{"content":"a\u2028b\u0085c"}`);
});

test("usage comes only when asked for: after the finish, with no choices, and null before", () => {
  const events = answer((writer) => writer.write("text", "Hi"));
  expect(readChunks(encode(events)).some((chunk) => "usage" in chunk)).toBe(false);

  const chunks = readChunks(encode(events, { includeUsage: true }));
  expect(chunks.at(-1)).toMatchObject({
    choices: [],
    usage: {
      prompt_tokens: 5,
      completion_tokens: 7,
      total_tokens: 12,
      completion_tokens_details: { reasoning_tokens: 2 },
    },
  });
  expect(chunks.at(-2)).toMatchObject({ choices: [{ finish_reason: "stop" }], usage: null });
});

test("usage that we counted ourselves is announced as an estimate; unknown usage is null", () => {
  const writer = createPieceWriter("m");
  writer.finish({ kind: "stop" }, { inputTokens: 1, outputTokens: 1, estimated: true });
  expect(encode(writer.take(), { includeUsage: true })).toMatch(
    /\n\ndata: .*"choices":\[\],"usage":\{"prompt_tokens":1,[^{}]*\},"usage_estimated":true\}\n\ndata: \[DONE\]\n\n$/,
  );

  const unknown = createPieceWriter("m");
  unknown.finish({ kind: "stop" }, { outputTokens: 1, estimated: false });
  expect(readChunks(encode(unknown.take(), { includeUsage: true })).at(-1).usage).toBeNull();
});

test("reasoning goes into reasoning_content", () => {
  const text = encode(
    answer((writer) => {
      writer.write("reasoning", "hmm");
      writer.write("text", "42");
    }),
  );
  expect(deltas(text)).toEqual([
    { role: "assistant", content: "" },
    { reasoning_content: "hmm" },
    { content: "42" },
    {},
  ]);
});

test("tool calls: an index on every delta, the name once, never empty first arguments", () => {
  const text = encode(
    answer((writer) => {
      writer.openToolCall("call_a", "look");
      writer.writeArguments('{"q":');
      writer.writeArguments('"x"}');
      writer.openToolCall("call_b", "list");
    }, "tool-calls"),
  );
  expect(deltas(text)).toEqual([
    { role: "assistant", content: null },
    {
      tool_calls: [
        { index: 0, id: "call_a", type: "function", function: { name: "look", arguments: '{"q":' } },
      ],
    },
    { tool_calls: [{ index: 0, function: { arguments: '"x"}' } }] },
    {
      tool_calls: [{ index: 1, id: "call_b", type: "function", function: { name: "list", arguments: "{}" } }],
    },
    {},
  ]);
  expect(readChunks(text).at(-1).choices[0].finish_reason).toBe("tool_calls");
});

test("what was asked for by functions is answered by function_call", () => {
  const events = answer((writer) => {
    writer.openToolCall("call_a", "look");
    writer.writeArguments('{"q":');
    writer.writeArguments("1}");
  }, "tool-calls");
  const text = encode(events, { legacyFunctions: true });
  expect(deltas(text)).toEqual([
    { role: "assistant", content: null },
    { function_call: { name: "look", arguments: '{"q":' } },
    { function_call: { arguments: "1}" } },
    {},
  ]);
  expect(readChunks(text).at(-1).choices[0].finish_reason).toBe("function_call");
  expect(whole(events, true).choices[0]).toMatchObject({
    message: { content: null, function_call: { name: "look", arguments: '{"q":1}' } },
    finish_reason: "function_call",
  });
});

test("an answer without any block still has a role and a finish", () => {
  expect(deltas(encode(answer(() => undefined, "length")))).toEqual([{ role: "assistant", content: "" }, {}]);
});

test("a failure is one error frame", () => {
  const encoder = createStreamEncoder({ ...asked, includeUsage: false });
  expect(encoder.fail(new GatewayError("internal", "It broke."))).toBe(
    'data: {"error":{"message":"It broke.","type":"server_error","param":null,"code":"internal_error"}}\n\n',
  );
});

const empty = (delta: string, model: string) => chunk(delta).replace("Qwen3", model);

describe("heartbeats", () => {
  test("begin with the role where nothing came, under the name that was asked for, and are empty from then on", () => {
    const encoder = createStreamEncoder({ ...asked, includeUsage: false });
    expect(encoder.heartbeat()).toBe(empty('{"role":"assistant","content":""}', "qwen"));
    expect(encoder.heartbeat()).toBe(empty("{}", "qwen"));
    const [start, ...rest] = answer((writer) => writer.openToolCall("call_a", "f"), "tool-calls");
    if (start !== undefined) encoder.push(start);
    expect(encoder.heartbeat()).toBe(empty("{}", "Qwen3"));
    const text = rest.map((event) => encoder.push(event)).join("");
    expect(deltas(text)).toEqual([{ tool_calls: [expect.objectContaining({ index: 0, id: "call_a" })] }, {}]);
  });

  test("are for a choice that has not finished", () => {
    const encoder = createChoicesEncoder(2, { ...asked, includeUsage: false });
    for (const event of answer((writer) => writer.write("text", "one"))) encoder.push(0, event);
    expect(JSON.parse(encoder.heartbeat().slice("data: ".length)).choices).toMatchObject([
      { index: 1, delta: { role: "assistant", content: "" } },
    ]);
    for (const event of answer((writer) => writer.write("text", "two"))) encoder.push(1, event);
    expect(encoder.heartbeat()).toBe("");
  });

  test("change nothing, wherever they come", () => {
    fc.assert(
      fc.property(arbitraryEvents(), fc.infiniteStream(fc.nat(2)), (events, counts) => {
        const encoder = createStreamEncoder({ ...asked, includeUsage: true });
        const text = events.map((event) => {
          const [count = 0] = counts.take(1);
          return Array.from({ length: count }, () => encoder.heartbeat()).join("") + encoder.push(event);
        });
        expect(accumulate(text.join(""))).toEqual(accumulate(encode(events, { includeUsage: true })));
        const roles = deltas(text.join("").replace(/data: [^\n]*"choices":\[\][^\n]*\n\n/, ""));
        expect(roles.map((delta) => "role" in delta).lastIndexOf(true)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe("several choices", () => {
  test("interleave with their own indices; usage and [DONE] come once, after the last finish", () => {
    const encoder = createChoicesEncoder(2, { ...asked, includeUsage: true });
    const first = answer((writer) => writer.write("text", "one"));
    const second = answer((writer) => {
      writer.openToolCall("call_a", "f");
    }, "tool-calls");
    const queue = [
      ...first.map((event) => [0, event] as const),
      ...second.map((event) => [1, event] as const),
    ];
    const order = [0, 5, 1, 6, 2, 7, 8, 3, 4].flatMap((place) => queue[place] ?? []);
    let text = "";
    for (let index = 0; index < order.length; index += 2) {
      text += encoder.push(order[index] as number, order[index + 1] as ChatEvent);
    }
    const chunks = readChunks(text);
    expect(chunks.map((chunk) => chunk.choices[0]?.index)).toEqual([0, 1, 0, 1, 1, 0, undefined]);
    expect(chunks.at(-1).usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 14, total_tokens: 19 });
    expect(text.match(/\[DONE\]/g)).toHaveLength(1);
  });
});

function whole(events: readonly ChatEvent[], legacyFunctions = false): AnyJson {
  const collector = createCollector();
  for (const event of events) collector.push(event);
  return encodeResponse([collector.result()], { ...identity, legacyFunctions });
}

/** Adds chunks up as clients do. */
function accumulate(text: string): { message: AnyJson; finish: unknown; usage: unknown } {
  const message: AnyJson = { role: undefined, content: "", reasoning_content: "", tool_calls: [] };
  let finish: unknown;
  let total: unknown;
  for (const { choices, usage: counts } of readChunks(text)) {
    total = counts;
    const [choice] = choices;
    if (choice === undefined) continue;
    const { role, content, reasoning_content: reasoning, tool_calls: calls } = choice.delta;
    message.role ??= role;
    message.content += content ?? "";
    message.reasoning_content += reasoning ?? "";
    for (const { index, function: part, ...rest } of calls ?? []) {
      message.tool_calls[index] ??= { ...rest, function: { name: part.name, arguments: "" } };
      message.tool_calls[index].function.arguments += part.arguments;
    }
    finish = choice.finish_reason;
  }
  return { message, finish, usage: total };
}

test("whatever the answer is, the chunks add up to the answer that does not stream", () => {
  fc.assert(
    fc.property(arbitraryEvents(), (events) => {
      const streamed = accumulate(encode(events, { includeUsage: true }));
      const { choices, usage: counts } = whole(events);
      const { message } = choices[0];
      expect(streamed).toEqual({
        message: {
          role: message.role,
          content: message.content ?? "",
          reasoning_content: message.reasoning_content ?? "",
          tool_calls: message.tool_calls ?? [],
        },
        finish: choices[0].finish_reason,
        usage: counts ?? null,
      });
    }),
    { numRuns: 300 },
  );
});
