import { readdirSync, readFileSync } from "node:fs";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createCollector } from "../../src/model/collect.ts";
import { splitThinking } from "../../src/shaping/split-thinking.ts";
import { thinkingTags } from "../../src/shaping/thinking-tags.ts";
import { createToolCallShaper } from "../../src/shaping/tools/index.ts";
import { alignParts } from "../../src/traces/align-parts.ts";
import type { RawSegment, TracedBlock, TracedPart } from "../../src/traces/trace.ts";
import { answerEvents, play, shaperOptions, toOutcome, type Outcome } from "../shaping/tools/answer.ts";

const text = (said: string): RawSegment => ({ kind: "text", text: said });
const call = (name: string, given: object): TracedBlock => ({
  kind: "tool_call",
  name,
  call_id: "c",
  arguments: JSON.stringify(given),
});

/** Parts as a person reads them. */
function show(raw: readonly RawSegment[], parts: readonly TracedPart[]) {
  return parts.map(({ segment, from, to, as, block, mended }) => [
    as,
    raw[segment]?.text.slice(from, to),
    ...(block === undefined ? [] : [block]),
    ...(mended ? ["mended"] : []),
  ]);
}

describe("what became of which part", () => {
  test("thinking and text, without the tags between them", () => {
    const raw = [text("<think>\nHm.\n</think>\n\nYes, it is.")];
    const blocks: TracedBlock[] = [
      { kind: "thinking", text: "Hm.\n" },
      { kind: "text", text: "Yes, it is." },
    ];
    expect(show(raw, alignParts(raw, blocks))).toEqual([
      ["dropped", "<think>"],
      ["thinking", "Hm.", 0],
      ["dropped", "</think>"],
      ["text", "Yes, it is.", 1],
    ]);
  });

  test("two calls, one of them mended, between texts", () => {
    const raw = [
      text(
        'First.\n<tool_call>{"name":"alpha","arguments":{"x":1}}</tool_call>\n<tool_call>{"name":"beta","arguments":{"y":2,}}\nThen.',
      ),
    ];
    const blocks: TracedBlock[] = [
      { kind: "text", text: "First." },
      call("alpha", { x: 1 }),
      call("beta", { y: 3 }),
      { kind: "text", text: "Then." },
    ];
    expect(show(raw, alignParts(raw, blocks))).toEqual([
      ["text", "First.", 0],
      ["tool_call", '<tool_call>{"name":"alpha","arguments":{"x":1}}</tool_call>', 1],
      ["tool_call", '<tool_call>{"name":"beta","arguments":{"y":2,}}', 2, "mended"],
      ["text", "Then.", 3],
    ]);
  });

  test("two calls on one line, each with its tag, or without one and as long as a trace keeps", () => {
    const tagged = [text('<alpha x="1"></alpha><beta y="2"></beta>')];
    const blocks = [call("alpha", { x: 1 }), call("beta", { y: 2 })];
    expect(show(tagged, alignParts(tagged, blocks))).toEqual([
      ["tool_call", '<alpha x="1"></alpha>', 0],
      ["tool_call", '<beta y="2"></beta>', 1],
    ]);
    const content = "x".repeat(262_144);
    const long = [text(`alpha(content="${content}") beta(y="2")`)];
    expect(show(long, alignParts(long, [call("alpha", { content }), call("beta", { y: 2 })]))).toEqual([
      ["tool_call", `alpha(content="${content}")`, 0],
      ["tool_call", 'beta(y="2")', 1],
    ]);
  });

  test("native calls, by their name and what they hold", () => {
    const raw: RawSegment[] = [
      text("Now."),
      { kind: "tool_call", name: "a", call_id: "1", text: '{"x": 1' },
      { kind: "tool_call", name: "gone", call_id: "2", text: "{}" },
    ];
    const blocks = [{ kind: "text", text: "Now." } as const, call("a", { x: 1 })];
    expect(show(raw, alignParts(raw, blocks))).toEqual([
      ["text", "Now.", 0],
      ["tool_call", '{"x": 1', 1, "mended"],
      ["dropped", "{}"],
    ]);
  });

  test("nothing of an answer without blocks, and none of an answer without text", () => {
    const raw = [text("lost")];
    expect(show(raw, alignParts(raw, []))).toEqual([["dropped", "lost"]]);
    expect(alignParts([], [{ kind: "text", text: "made" }])).toEqual([]);
  });
});

/** What a client is given of a text by the shapers of thinking and of calls. */
function shapeAll(said: string): TracedBlock[] {
  const [thinking, calls] = [splitThinking({ mayOmitOpening: false }), createToolCallShaper(shaperOptions())];
  const collector = createCollector();
  for (const event of answerEvents({ pieces: [said] }))
    for (const split of thinking.push(event)) for (const out of calls.push(split)) collector.push(out);
  if (calls.problem !== undefined) for (const out of calls.giveUp()) collector.push(out);
  return toBlocks(toOutcome(collector.result()));
}

/** A call as most models write it. */
const written = (x: number) =>
  `<tool_call>{"name":"get_weather","arguments":{"city":"Brno ${x}"}}</tool_call>`;

describe("thinking around calls", () => {
  test("a call is a part without the tags of the thinking before and behind it", () => {
    const raw = [
      text(
        `<think>\nHm.\n</think>\n\n${written(1)}\n<think>\nMore.\n</think>\n${written(2)} <think></think>`,
      ),
    ];
    const blocks: TracedBlock[] = [
      { kind: "thinking", text: "Hm." },
      call("get_weather", { city: "Brno 1" }),
      { kind: "thinking", text: "More." },
      call("get_weather", { city: "Brno 2" }),
    ];
    expect(show(raw, alignParts(raw, blocks))).toEqual([
      ["dropped", "<think>"],
      ["thinking", "Hm.", 0],
      ["dropped", "</think>"],
      ["tool_call", written(1), 1],
      ["dropped", "<think>"],
      ["thinking", "More.", 2],
      ["dropped", "</think>"],
      ["tool_call", written(2), 3],
      ["dropped", "<think></think>"],
    ]);
  });

  test("a tool may be called as a tag is, and tags may be many", () => {
    const named = [text("<think>x</think>")];
    expect(show(named, alignParts(named, [call("think", {})]))).toEqual([
      ["tool_call", "<think>x", 0],
      ["dropped", "</think>"],
    ]);
    const many = [text(`${"</think>\n".repeat(20_000)}${written(1)}`)];
    const parts = show(many, alignParts(many, [call("get_weather", { city: "Brno 1" })]));
    expect(parts.at(-1)).toEqual(["tool_call", written(1), 0]);
  });

  test("a text behind a call is looked for there, also where one like it stands before", () => {
    const said = `<think></think>${written(1)}<think>`;
    const blocks = [call("get_weather", { city: "Brno 1" }), { kind: "text", text: "<think>" } as const];
    expect(show([text(said)], alignParts([text(said)], blocks))).toEqual([
      ["dropped", "<think></think>"],
      ["tool_call", written(1), 0],
      ["text", "<think>", 1],
    ]);
    const mended = [text('<call name="getWeather">{"city":"Brno 1"}</call>\nSo get_weather says.')];
    const parts = alignParts(mended, [
      call("get_weather", { city: "Brno 1" }),
      { kind: "text", text: "So get_weather says." },
    ]);
    expect(show(mended, parts).at(-1)).toEqual(["text", "So get_weather says.", 1]);
  });

  const tags = thinkingTags.filter(({ isPhrase }) => isPhrase !== true);
  const all = tags.flatMap(({ open, close }) => [open, ...close]).map((tag) => tag.toLowerCase());
  const thought = fc
    .tuple(
      fc.constantFrom(...tags),
      fc.constantFrom("", "\n"),
      fc.constantFrom("", "Hm.", "Call get_weather?\nYes."),
    )
    .map(([{ open, close }, blank, said]) => `${open}${blank}${said}${blank}${close[0]}${blank}`);
  const piece = fc.oneof(
    thought,
    fc.constantFrom("Now.\n", " ", "\n\n", "</think>\n"),
    fc.nat(99).map(written),
    fc.nat(9).map((x) => `\n{"name": "get_weather", "arguments": {"city": "Praha ${x}"}}\n`),
  );

  test("in any order, of any family: all is in one part, and no call begins or ends with a tag", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 7 }), (pieces) => {
        const said = pieces.join("");
        const blocks = shapeAll(said);
        const parts = alignParts([text(said)], blocks);
        let at = 0;
        for (const { from, to, as } of parts) {
          expect(said.slice(at, from).trim()).toBe("");
          expect(to).toBeGreaterThan(from);
          at = to;
          const stretch = said.slice(from, to).toLowerCase();
          if (as !== "tool_call") continue;
          expect(all.filter((tag) => stretch.startsWith(tag) || stretch.endsWith(tag))).toEqual([]);
        }
        expect(said.slice(at).trim()).toBe("");
        const calls = blocks.flatMap(({ kind }, index) => (kind === "tool_call" ? [index] : []));
        expect(parts.flatMap(({ as, block }) => (as === "tool_call" ? [block] : []))).toEqual(calls);
      }),
      { numRuns: 500 },
    );
  });
});

const corpus = new URL("../fixtures/tool-calls/", import.meta.url);

interface Fixture {
  readonly cases: readonly { readonly name: string; readonly text?: string; readonly reasoning?: string }[];
}

function toBlocks({ blocks }: Outcome): TracedBlock[] {
  return blocks.map((block) => {
    if ("text" in block) return { kind: "text", text: block.text };
    if ("reasoning" in block) return { kind: "thinking", text: block.reasoning };
    return { kind: "tool_call", name: block.call, call_id: "c", arguments: block.arguments };
  });
}

describe.each(readdirSync(corpus).filter((name) => name.endsWith(".json") && name !== "tools.json"))(
  "every answer of %s",
  (name) => {
    const { cases } = JSON.parse(readFileSync(new URL(name, corpus), "utf8")) as Fixture;
    test.each(cases.flatMap((one) => (one.text === undefined ? [] : [[one.name, one.text] as const])))(
      "%s: all of it is in one part, and each call has one",
      (_name, said) => {
        const blocks = toBlocks(play({ pieces: [said] }, shaperOptions()));
        const parts = alignParts([text(said)], blocks);
        let at = 0;
        for (const { from, to } of parts) {
          expect(from).toBeGreaterThanOrEqual(at);
          expect(to).toBeGreaterThan(from);
          expect(said.slice(at, from).trim()).toBe("");
          at = to;
        }
        expect(said.slice(at).trim()).toBe("");
        const calls = blocks.flatMap(({ kind }, index) => (kind === "tool_call" ? [index] : []));
        expect(parts.flatMap(({ as, block }) => (as === "tool_call" ? [block] : []))).toEqual(calls);
      },
    );
  },
);
