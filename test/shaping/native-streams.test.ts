import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Block } from "../../src/model/collect.ts";
import type { ChatEvent } from "../../src/model/events.ts";
import { createChain } from "../../src/completion/create-chain.ts";
import { constrainJson } from "../../src/shaping/constrain-json.ts";
import { limitTokens } from "../../src/shaping/limit-tokens.ts";
import { dropReasoning, inlineReasoning } from "../../src/shaping/reasoning-mode.ts";
import type { Shaper } from "../../src/shaping/shaper.ts";
import { splitThinking } from "../../src/shaping/split-thinking.ts";
import { stopAtSequences } from "../../src/shaping/stop-at-sequences.ts";
import { createEdgeShaper, createToolShapers } from "../../src/shaping/tools/index.ts";
import { cutAt } from "../support/cuts.ts";
import { blocksOf, expectLegal, reasonOf } from "../support/shape.ts";
import { shaperOptions } from "./tools/answer.ts";

const numRuns = 60;

/** What may stand in any block. */
const fragment = fc.constantFrom(
  "words ",
  "a",
  "\n",
  " ",
  "STOP",
  "ST",
  "<think>\n",
  "<think>",
  "</think>",
  "<|channel|>analysis<|message|>",
  "<|im_end|>",
  '{"city": "Paris"}',
  '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>',
  '<tool_call>{"name": "get_weather", "arguments": {"ci',
  "<tool_call>",
  "</tool_call>",
  "<tool_c",
  "```\n",
  "<",
  "🌧️",
);
const content = fc.array(fragment, { maxLength: 5 }).map((parts) => parts.join(""));
const argumentsText = fc.oneof(
  fc.constantFrom(
    '{"city": "Paris"}',
    '{"city": "Pa',
    "{}",
    "",
    '{"city": "</tool_call>STOP<think>\\n"}',
    "[1",
  ),
  content,
);
const block: fc.Arbitrary<Block> = fc.oneof(
  content.map((text) => ({ kind: "text", text }) as const),
  content.map((text) => ({ kind: "reasoning", text }) as const),
  fc
    .tuple(
      argumentsText,
      fc.constantFrom("get_weather", "functions.run_command", "nope"),
      fc.constantFrom("", "a", "b"),
    )
    .map(([text, name, callId]) => ({ kind: "tool-call", callId, name, arguments: text }) as const),
);
const finish = fc.constantFrom("stop", "tool-calls", "length", "content-filter" as const);

interface Answer {
  readonly blocks: readonly Block[];
  readonly reason: "stop" | "tool-calls" | "length" | "content-filter";
}
const answers: fc.Arbitrary<Answer> = fc.record({
  blocks: fc.array(block, { maxLength: 6 }),
  reason: finish,
});
const places = fc.array(fc.nat(), { maxLength: 6 });

const textIn = (one: Block): string => (one.kind === "tool-call" ? one.arguments : one.text);

/** The events of an answer; each block is cut at `cuts`. */
function eventsOf({ blocks, reason }: Answer, cuts: readonly number[] = []): ChatEvent[] {
  const body = blocks.flatMap((one, index): ChatEvent[] => [
    {
      type: "block-start",
      index,
      block:
        one.kind === "tool-call"
          ? { kind: one.kind, callId: one.callId, name: one.name }
          : { kind: one.kind },
    },
    ...cutAt(textIn(one), cuts).map((text) => ({ type: "block-delta", index, text }) as const),
    { type: "block-end", index },
  ]);
  return [
    { type: "response-start", model: "m" },
    ...body,
    { type: "finish", reason: { kind: reason }, usage: { estimated: true } },
  ];
}

/** The events in batches that end at `ends`. */
function inBatches(events: readonly ChatEvent[], ends: readonly number[]): ChatEvent[][] {
  const sorted = [0, ...new Set(ends.map((end) => end % events.length)), events.length].toSorted(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, at) => events.slice(sorted[at], end));
}

/** What a client gets, or why it gets nothing. Fails unless all events are legal. */
function play(shapers: readonly Shaper[], batches: readonly (readonly ChatEvent[])[]): object {
  const chain = createChain(shapers);
  const out: ChatEvent[] = [];
  let problem: string | undefined;
  try {
    for (const batch of batches) {
      const given = chain.push(batch);
      for (const one of "next" in given ? given : [given]) out.push(...one);
      if (out.at(-1)?.type === "finish") break;
    }
    // A shaper that ends the answer early has the last word, whatever those before it think of the rest.
    problem = out.at(-1)?.type === "finish" ? undefined : chain.problem()?.message;
    if (problem !== undefined) out.push(...chain.giveUp(true));
  } catch (error) {
    expect(error).toMatchObject({ kind: "output-invalid" });
    expectLegal(out);
    return { problem, error: String(error) };
  }
  expectLegal(out);
  return { problem, blocks: blocksOf(out), reason: reasonOf(out) };
}

const makers: readonly (readonly [string, () => readonly Shaper[]])[] = [
  ["thinking", () => [splitThinking({ mayOmitOpening: false })]],
  ["thinking without its opening", () => [splitThinking({ mayOmitOpening: true, harmony: true })]],
  ["limit", () => [limitTokens({ limit: 9, model: "m" })]],
  ["JSON", () => [constrainJson({ format: { kind: "json-object" }, hold: false })]],
  ["JSON at the end", () => [constrainJson({ format: { kind: "json-object" }, hold: true })]],
  ["stop sequences", () => [stopAtSequences(["STOP", "</tool"])]],
  ["reasoning inline", () => [inlineReasoning()]],
  ["no reasoning", () => [dropReasoning()]],
  ["edges", () => [createEdgeShaper("m")]],
  ["edges of gpt-oss", () => [createEdgeShaper("gpt-oss")]],
  ["tools", () => createToolShapers(shaperOptions({}, { native: true }))],
  [
    "tools, whole",
    () => createToolShapers(shaperOptions({}, { native: true, argumentsMode: "whole", keepsCut: true })),
  ],
  ["one tool", () => createToolShapers(shaperOptions({ parallelToolCalls: false }, { native: true }))],
  [
    "a tool that must come",
    () => createToolShapers(shaperOptions({ toolChoice: { kind: "required" } }, { native: true })),
  ],
  [
    "a named tool",
    () =>
      createToolShapers(
        shaperOptions({ toolChoice: { kind: "function", name: "run_command" } }, { native: true }),
      ),
  ],
  ["tools that were taught", () => createToolShapers(shaperOptions())],
  [
    "all",
    () => [
      splitThinking({ mayOmitOpening: false }),
      ...createToolShapers(shaperOptions({}, { native: true })),
      stopAtSequences(["STOP"]),
      inlineReasoning(),
    ],
  ],
];

describe.each(makers)("any answer with native calls and thinking: %s", (_, make) => {
  test("comes out the same in any batches, and legal", () => {
    fc.assert(
      fc.property(answers, places, places, (answer, cuts, ends) => {
        const events = eventsOf(answer, cuts);
        const one = play(
          make(),
          events.map((event) => [event]),
        );
        expect(play(make(), [events])).toEqual(one);
        expect(play(make(), inBatches(events, ends))).toEqual(one);
      }),
      { numRuns },
    );
  });

  test("gives legal events where the upstream fails", () => {
    fc.assert(
      fc.property(answers, fc.nat(), (answer, at) => {
        const events = eventsOf(answer).slice(0, -1);
        const chain = createChain(make());
        const given = chain.push(events.slice(0, at % (events.length + 1)));
        const out = ["next" in given ? [...given].flat() : given, chain.flush()].flat();
        expectLegal(out);
      }),
      { numRuns },
    );
  });
});

// What the splitter and the counter get in one piece is more to them than its text.
const cutFree = makers.filter(([name]) => !/thinking|limit|all/.test(name));
test.each(cutFree)("any answer comes out the same however its blocks are cut: %s", (_, make) => {
  fc.assert(
    fc.property(answers, places, (answer, cuts) => {
      expect(play(make(), [eventsOf(answer, cuts)])).toEqual(play(make(), [eventsOf(answer)]));
    }),
    { numRuns },
  );
});

const plain = fc.array(fc.constantFrom("words ", "a", "\n", "1 < 2 ", "🌧️", "{x} "), { maxLength: 5 });
const plainBlock: fc.Arbitrary<Block> = fc.oneof(
  plain.map((parts) => ({ kind: "text", text: parts.join("") }) as const),
  plain.map((parts) => ({ kind: "reasoning", text: parts.join("") }) as const),
  fc.nat(3).map((days) => {
    const input = JSON.stringify({ city: "Paris", days: days + 1 });
    return { kind: "tool-call", callId: `c${days}`, name: "get_weather", arguments: input } as const;
  }),
);

/** What of an answer must not get lost: its words, its thoughts, its calls, and which words stand before which call. */
function essence(blocks: readonly Block[]): object {
  const spoken = blocks.map((one) =>
    one.kind === "tool-call" ? `[${one.arguments}]` : one.kind === "text" ? one.text : "",
  );
  const thought = blocks.map((one) => (one.kind === "reasoning" ? one.text : ""));
  return { spoken: spoken.join("").replaceAll(/\s/g, ""), thought: thought.join("").replaceAll(/\s/g, "") };
}

const keeping = makers.filter(([name]) => /^(thinking|stop|tools)/.test(name));
test.each(keeping)(
  "no words, thoughts or calls get lost, nor does the order of words and calls: %s",
  (_, make) => {
    fc.assert(
      fc.property(fc.array(plainBlock, { maxLength: 7 }), places, (blocks, cuts) => {
        const outcome = play(make(), [eventsOf({ blocks, reason: "stop" }, cuts)]);
        const given = "blocks" in outcome ? (outcome.blocks as readonly Block[]) : [];
        expect(essence(given)).toEqual(essence(blocks));
      }),
      { numRuns },
    );
  },
);
