import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createChunkTemplate } from "../../../src/upstreams/openai-compatible/chunk-template.ts";
import { createStreamDecoder } from "../../../src/upstreams/openai-compatible/decode-stream.ts";

const chunk = (delta: object, choice: object = {}, body: object = {}) =>
  JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: null, ...choice }], ...body });

function learned(json: string) {
  const template = createChunkTemplate();
  template.learn(json);
  return template;
}

describe("a template", () => {
  test.each([
    ["text", "text", (said: string) => chunk({ content: said })],
    [
      "text beside a role",
      "text",
      (said: string) => chunk({ role: "assistant", content: said, refusal: null }),
    ],
    ["reasoning", "reasoning", (said: string) => chunk({ content: null, reasoning_content: said })],
    ["reasoning by another name", "reasoning", (said: string) => chunk({ content: "", reasoning: said })],
    ["text with blanks around", "text", (said: string) => chunk({ content: said }).replaceAll(":", " : ")],
    [
      "text that another member has, too",
      "text",
      (said: string) => chunk({ content: said }, {}, { content: "x" }),
    ],
  ])("reads %s, whatever its letters", (_name, kind, write) => {
    const template = learned(write("a"));
    for (const text of ["b", "", 'say "no"', "\\", "\n\u2028", "😀", "\ud83d", "content"]) {
      expect(template.readLine(`data: ${write(text)}`)).toEqual({ kind, text });
      expect(template.readLine(`data:${write(text)}`)).toEqual({ kind, text });
    }
  });

  test.each([
    ["another member", chunk({ content: "b" }, {}, { created: 1 })],
    ["an end", chunk({ content: "b" }, { finish_reason: "stop" })],
    ["two texts", chunk({ content: "b", refusal: "no" })],
    ["a literal that is none", chunk({ content: "b" }).replace('"b"', '"b"b"')],
    ["a control character in it", chunk({ content: "b" }).replace('"b"', '"\t"')],
    ["a number", chunk({ content: 1 })],
    ["less than the template", "{}"],
    ["what stands behind more than the field's blank", ` ${chunk({ content: "b" })}`],
  ])("does not read %s", (_name, json) => {
    expect(learned(chunk({ content: "a" })).readLine(`data: ${json}`)).toBeUndefined();
  });

  test.each([
    ["reports usage", chunk({ content: "a" }, {}, { usage: { prompt_tokens: 1 } })],
    ["ends the answer", chunk({ content: "a" }, { finish_reason: "stop" })],
    ["is an error", chunk({ content: "a" }, {}, { error: "b" })],
    ["is of another choice", chunk({ content: "a" }, { index: 1 })],
    ["has a call beside its text", chunk({ content: "a", tool_calls: [{}] })],
    ["says the same twice", chunk({ reasoning: "a", reasoning_details: [{ text: "a" }] })],
    ["has text and reasoning", chunk({ content: "a", reasoning: "b" })],
    ["has text in parts", chunk({ content: [{ type: "text", text: "a" }] })],
    ["has its text where it counts for nothing", chunk({}, { content: "a" })],
  ])("is not made from a chunk that %s", (_name, json) => {
    expect(learned(json).readLine(`data: ${json}`)).toBeUndefined();
  });

  test("does not try for ever", () => {
    const template = createChunkTemplate();
    for (let at = 0; at < 20; at += 1) template.learn(chunk({ content: "a" }, {}, { at }));
    expect(template.readLine(`data: ${chunk({ content: "a" }, {}, { at: 19 })}`)).toBeUndefined();
  });
});

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 4 }),
  fc.string({ unit: "binary", maxLength: 2 }),
);
const delta = fc.oneof(
  { weight: 6, arbitrary: fc.record({ content: text }) },
  { weight: 2, arbitrary: fc.record({ reasoning_content: text }) },
  fc.record({ content: text, reasoning: text }),
  fc.record({
    content: text,
    tool_calls: fc.constant([{ index: 0, id: "a", function: { name: "f", arguments: "{}" } }]),
  }),
  fc.constant({}),
);
const chunks = fc.array(
  fc.record({
    delta,
    finish: fc.constantFrom(null, null, null, null, null, null, "stop"),
    more: fc.constantFrom(
      {},
      {},
      {},
      {},
      { usage: { prompt_tokens: 1, completion_tokens: 2 } },
      { error: "no" },
    ),
  }),
  { maxLength: 20 },
);

function decode(bodies: readonly object[], cut: number) {
  const decoder = createStreamDecoder({
    upstream: "u",
    model: "m",
    calls: "stream",
    newCallId: () => "call",
    now: () => 0,
  });
  const bytes = Buffer.from(bodies.map((body) => `data: ${JSON.stringify(body)}\n\n`).join(""), "utf8");
  const events = [bytes.subarray(0, cut), bytes.subarray(cut)].flatMap((piece) => decoder.push(piece));
  events.push(...decoder.end());
  const { ended, finished, failure } = decoder;
  return { events, ended, finished, failure: failure?.error.message };
}

/** Where a delta ends depends on the cut. */
function joined(events: readonly object[]): string {
  return JSON.stringify(events).replaceAll(/"},\{"type":"block-delta","index":\d+,"text":"/g, "");
}

test("an answer is the same where no two chunks look alike", () => {
  fc.assert(
    fc.property(chunks, fc.nat(1500), (drawn, cut) => {
      const bodies = drawn.map(({ delta: one, finish, more }) => ({
        ...more,
        choices: [{ index: 0, delta: one, finish_reason: finish }],
      }));
      const unlike = bodies.map((body, at) => ({ ...body, at }));
      const whole = decode(unlike, Number.MAX_SAFE_INTEGER);
      expect(decode(bodies, Number.MAX_SAFE_INTEGER)).toEqual(whole);
      expect(joined(decode(bodies, cut).events)).toBe(joined(whole.events));
    }),
    { numRuns: 1000 },
  );
});
