import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Block } from "../../src/model/collect.ts";
import { countTokens } from "../../src/shaping/count-tokens.ts";
import { limitTokens } from "../../src/shaping/limit-tokens.ts";
import { stopAtSequences } from "../../src/shaping/stop-at-sequences.ts";
import { cutAt, everyCut } from "../support/cuts.ts";
import { blockEvents, blocksOf, reasonOf, run, textEvents, textOf } from "../support/shape.ts";

describe("stop sequences", () => {
  const cases: [text: string, sequences: string[], expected: string, stopSequence: string | undefined][] = [
    ["one two three", ["two"], "one ", "two"],
    ["one two three", ["four"], "one two three", undefined],
    ["aab", ["ab"], "a", "ab"],
    ["a\n\nb", ["\n\n", "b"], "a", "\n\n"],
    ["xabcx", ["abcd", "bc"], "xa", "bc"],
    ["xabc", ["bc", "abc"], "x", "abc"],
    ["ends with a prefix: sto", ["stop"], "ends with a prefix: sto", undefined],
    ["stop", ["stop"], "", "stop"],
    ["héllo 🙂 wörld", ["🙂"], "héllo ", "🙂"],
    ["text", [""], "text", undefined],
  ];

  test.each(cases)("%j until %j", (text, sequences, expected, stopSequence) => {
    for (const deltas of everyCut(text)) {
      const events = run(stopAtSequences(sequences), textEvents(deltas));
      const reason = stopSequence === undefined ? { kind: "stop" } : { kind: "stop", stopSequence };
      expect([textOf(events), reasonOf(events)]).toEqual([expected, reason]);
    }
  });

  test("are not looked for in reasoning and arguments", () => {
    const blocks: Block[] = [
      { kind: "reasoning", text: "END" },
      { kind: "tool-call", callId: "call_1", name: "f", arguments: '{"a":"END"}' },
    ];
    const events = run(stopAtSequences(["END"]), blockEvents(blocks, { kind: "tool-calls" }));
    expect([blocksOf(events), reasonOf(events)]).toEqual([blocks, { kind: "tool-calls" }]);
  });

  test("hold back only what may be one", () => {
    const shaper = stopAtSequences(["STOP"]);
    const seen = textEvents(["a S", "T", "x", " STOP"]).map((event) =>
      shaper.push(event).flatMap((out) => (out.type === "block-delta" ? [out.text] : [])),
    );
    expect(seen.flat()).toEqual(["a ", "STx", " "]);
  });

  test("what is held comes out when the upstream fails", () => {
    const shaper = stopAtSequences(["STOP"]);
    const out = [...run(shaper, textEvents(["a ST"]).slice(0, 3)), ...shaper.flush()];
    expect([textOf(out), reasonOf(out)]).toEqual(["a ST", undefined]);
  });

  test("are found by what their words say, however they overlap", () => {
    const unit = fc.constantFrom("a", "b");
    const word = fc.string({ unit, minLength: 1, maxLength: 6 });
    const text = fc.string({ unit, maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(word, { maxLength: 8 }), fc.array(fc.nat()), (whole, words, places) => {
        const ends = Array.from({ length: whole.length }, (_, at) => whole.slice(0, at + 1));
        const first = ends.find((begun) => words.some((one) => begun.endsWith(one)));
        const longest = words
          .filter((one) => first?.endsWith(one))
          .toSorted((one, other) => other.length - one.length)[0];
        const events = run(stopAtSequences(words), textEvents(cutAt(whole, places)));
        expect(textOf(events)).toBe(first === undefined ? whole : first.slice(0, -(longest?.length ?? 0)));
        expect(reasonOf(events)).toEqual({ kind: "stop", ...(longest && { stopSequence: longest }) });
      }),
      { numRuns: 1000 },
    );
  });

  test("the cut never matters", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 3 });
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 20 });
    fc.assert(
      fc.property(text, fc.array(word, { maxLength: 4 }), fc.array(fc.nat()), (whole, words, places) => {
        const cut = run(stopAtSequences(words), textEvents(cutAt(whole, places)));
        const single = run(stopAtSequences(words), textEvents([whole]));
        expect([textOf(cut), reasonOf(cut)]).toEqual([textOf(single), reasonOf(single)]);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the token limit", () => {
  const model = "DeepSeek-V3.2";
  const text = "The quick brown fox jumps over the lazy dog. ".repeat(4);
  const limited = (limit: number, deltas: readonly string[]) =>
    run(limitTokens({ limit, model }), textEvents(deltas));

  test.each([1, 2, 5, 17])("of %i ends the answer with length", (limit) => {
    for (const deltas of [[text], text.split(/(?= )/)]) {
      const events = limited(limit, deltas);
      expect(text.startsWith(textOf(events))).toBe(true);
      expect(reasonOf(events)).toEqual({ kind: "length" });
      expect(countTokens(textOf(events), model)).toBe(limit);
    }
  });

  test("is never exceeded by a stream of characters", () => {
    const events = limited(10, text.split(""));
    expect([text.startsWith(textOf(events)), reasonOf(events)]).toEqual([true, { kind: "length" }]);
    expect(countTokens(textOf(events), model)).toBeLessThanOrEqual(10);
  });

  test("lets an answer of exactly that many pass", () => {
    const count = countTokens(text, model);
    for (const deltas of [[text], text.split(/(?= )/)]) {
      const events = limited(count, deltas);
      expect([textOf(events), reasonOf(events)]).toEqual([text, { kind: "stop" }]);
    }
  });

  test("counts reasoning, and keeps it when nothing is left for text", () => {
    const events = run(
      limitTokens({ limit: 3, model }),
      blockEvents([
        { kind: "reasoning", text: "one two three four" },
        { kind: "text", text: "five" },
      ]),
    );
    expect(blocksOf(events)).toEqual([{ kind: "reasoning", text: "one two three" }]);
    expect(reasonOf(events)).toEqual({ kind: "length" });
  });

  test("counts the arguments of native calls, and cuts the call that goes beyond", () => {
    const call: Block = {
      kind: "tool-call",
      callId: "c",
      name: "f",
      arguments: '{"a":"one two three four five"}',
    };
    const shaped = (limit: number) => run(limitTokens({ limit, model }), blockEvents([call, call]));
    const count = countTokens(call.arguments, model);
    expect([blocksOf(shaped(2 * count + 1)), reasonOf(shaped(2 * count + 1))]).toEqual([
      [call, call],
      { kind: "stop" },
    ]);
    expect(reasonOf(shaped(count + 3))).toEqual({ kind: "length" });
    const [first, second] = blocksOf(shaped(count + 3));
    expect(first).toEqual(call);
    expect(second?.kind === "tool-call" && call.arguments.startsWith(second.arguments)).toBe(true);
  });

  test("never cuts a character in two", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 30 }),
        fc.integer({ min: 1, max: 20 }),
        (whole, limit) => {
          expect(textOf(limited(limit, [whole]))).not.toMatch(/\p{Cs}/u);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("of a long stream takes linear time", () => {
    const deltas = Array.from({ length: 60_000 }, (_, index) => ` word${index % 7}`);
    expect(reasonOf(limited(100_000, deltas))).toEqual({ kind: "length" });
  });
});
