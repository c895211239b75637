import { array, assert, constantFrom, nat, property } from "fast-check";
import { describe, expect, test } from "vitest";

import type { Block } from "../../../src/model/collect.ts";
import { createEdgeShaper } from "../../../src/shaping/tools/index.ts";
import { edgeOpenings } from "../../../src/shaping/tools/recognisers/turn-edges.ts";
import { cutAt, everyCut } from "../../support/cuts.ts";
import { blockEvents, blocksOf, expectLegal, reasonOf, run, textEvents } from "../../support/shape.ts";

const text = (value: string): Block => ({ kind: "text", text: value });
const reasoning = (value: string): Block => ({ kind: "reasoning", text: value });

function shape(deltas: readonly string[], model = "other"): readonly Block[] {
  return blocksOf(run(createEdgeShaper(model), textEvents(deltas)));
}

const cases: readonly (readonly [whole: string, blocks: readonly Block[]])[] = [
  ["Only words.", [text("Only words.")]],
  ["Words, 1 < 2, <b>bold</b>.\n", [text("Words, 1 < 2, <b>bold</b>.\n")]],
  ["<ul>\n<li>a</li>\n</ul>\n<", [text("<ul>\n<li>a</li>\n</ul>\n<")]],
  ["<|im_ends <|im_en", [text("<|im_ends <|im_en")]],
  ["a <b>c</b><|im_end|>\n", [text("a <b>c</b>")]],
  ["Words.<|im_end|>\n", [text("Words.")]],
  ["Words.\n<|channel|>analysis<|message|>a<|end|>b", [text("Words.\n"), reasoning("a"), text("b")]],
  ["<|im_start|>assistant\n", []],
  ["`<|channel|>analysis<|message|>`", [text("`<|channel|>analysis<|message|>`")]],
  ["```\n<|im_end|>\n```\n", [text("```\n<|im_end|>\n```\n")]],
  ["A [list](x), {braces}", [text("A [list](x), {braces}")]],
];

describe.each(cases)("%j", (whole, blocks) => {
  test("comes out the same whatever the cut", () => {
    for (const deltas of everyCut(whole)) expect(shape(deltas)).toEqual(blocks);
  });
});

test("gpt-oss: the words of a header show nowhere, though what stands before them was given already", () => {
  const whole = "We think.assistantanalysisa.assistantfinalC";
  for (const deltas of everyCut(whole))
    expect(shape(deltas, "gpt-oss")).toEqual([text("We think."), reasoning("a."), text("\n\nC")]);
  expect(shape([whole])).toEqual([text(whole)]);
});

test("text that only looks like a token for a while passes as it comes, and what is held is given when it breaks off", () => {
  const shaper = createEdgeShaper("other");
  const given = (deltas: readonly string[]) =>
    deltas.map((delta) =>
      shaper
        .push({ type: "block-delta", index: 0, text: delta })
        .flatMap((event) => (event.type === "block-delta" ? [event.text] : [])),
    );
  shaper.push({ type: "response-start", model: "m" });
  shaper.push({ type: "block-start", index: 0, block: { kind: "text" } });
  expect(given(["<", "div>", " 1 <", "| 2", " <|im_e"])).toEqual([[], ["<div>"], [" 1 "], ["<| 2"], [" "]]);
  expect(shaper.flush()).toEqual([{ type: "block-delta", index: 0, text: "<|im_e" }]);
});

test("words pass at once, white space included, before and behind markup", () => {
  const shaper = createEdgeShaper("other");
  const given = (delta: string) =>
    shaper
      .push({ type: "block-delta", index: 0, text: delta })
      .flatMap((event) => (event.type === "block-delta" ? [event.text] : []))
      .join("");
  const [start, open] = textEvents(["x"]);
  run(shaper, [start!]);
  shaper.push(open!);
  expect(given("One ")).toBe("One ");
  expect(given("two <b>\n")).toBe("two <b>\n");
  expect(given("three <|im")).toBe("three ");
  expect(given("_x \n")).toBe("<|im_x \n");
});

test("blocks keep their order behind what passed", () => {
  const blocks = [reasoning("a < b"), text("c"), reasoning("d"), text("e <b>"), reasoning("f"), text("g")];
  expect(blocksOf(run(createEdgeShaper("other"), blockEvents(blocks)))).toEqual(blocks);
});

test("what is held comes out when the upstream fails", () => {
  const shaper = createEdgeShaper("other");
  const events = textEvents(["a <|im_e"]).slice(0, -2);
  const out = [...events.flatMap((event) => shaper.push(event)), ...shaper.flush()];
  expect(out.map((event) => (event.type === "block-delta" ? event.text : "")).join("")).toBe("a <|im_e");
});

const marks = edgeOpenings.map(([mark]) => mark);

function withoutEdges(whole: string): string {
  const less = marks.reduce((rest, mark) => rest.replaceAll(mark, ""), whole);
  return less === whole ? whole.replaceAll(/\s/g, "") : withoutEdges(less);
}

test("any text: the cut never matters, and but for edges and headers nothing is lost", () => {
  const piece = constantFrom(
    "<|im_end|>",
    "<|eot_id|>",
    "</think>",
    "<|im_start|>assistant",
    "<|begin_of_box|>",
    "<|end_of_box|>",
    "a",
    "b ",
    "\n",
    "```\n",
    "`",
    "<",
    "🌧️",
    "assistantfinal",
    "analysis",
    "final",
    "<response>",
    "</response>",
  );
  assert(
    property(
      array(piece, { maxLength: 20 }),
      array(nat(), { maxLength: 6 }),
      constantFrom("other", "gpt-oss"),
      (pieces, places, model) => {
        const whole = pieces.join("");
        const blocks = shape(cutAt(whole, places), model);
        expect(shape(whole.split(""), model)).toEqual(blocks);
        if (model === "gpt-oss") return;
        const given = blocks.map((block) => ("text" in block ? block.text : "")).join("");
        expect(withoutEdges(given)).toBe(withoutEdges(whole));
      },
    ),
    { numRuns: 2000 },
  );
});

const toolCall = (args: string): Block => ({ kind: "tool-call", callId: "c", name: "f", arguments: args });
const shown = (args: string): string => `<tool_call>\n{"name": "f", "arguments": ${args}}\n</tool_call>`;

/** Neighbouring texts as one: where a block ends is nothing that readers see. */
function joined(blocks: readonly Block[]): readonly Block[] {
  const all: Block[] = [];
  for (const block of blocks) {
    const last = all.at(-1);
    if (block.kind === "text" && last?.kind === "text") all[all.length - 1] = text(last.text + block.text);
    else all.push(block);
  }
  return all;
}

describe("native calls, though no tool was offered", () => {
  const args = '{"a":"<|im_end|>"}';

  test.each<[string, readonly Block[], readonly Block[]]>([
    ["alone", [toolCall(args)], [text(shown(args))]],
    ["behind text", [text("One."), toolCall(args)], [text(`One.\n${shown(args)}`)]],
    [
      "behind what may become a token",
      [text("One <|im"), toolCall(args)],
      [text(`One <|im\n${shown(args)}`)],
    ],
    ["behind thinking", [reasoning("Hm."), toolCall("{}")], [reasoning("Hm."), text(shown("{}"))]],
    [
      "among text with edges",
      [
        text("One.<|im_end|>"),
        toolCall("{}"),
        text("Two.<|im_end|>"),
        toolCall("{}"),
        reasoning("a"),
        text("b"),
      ],
      [text(`One.\n${shown("{}")}Two.\n${shown("{}")}`), reasoning("a"), text("b")],
    ],
  ])("%s are text, as written ones are", (_, blocks, expected) => {
    const events = blockEvents(blocks, { kind: "tool-calls" });
    for (const at of events.keys()) {
      const shaper = createEdgeShaper("other");
      const out = [events.slice(0, at), events.slice(at)].flatMap((batch) => shaper.pushAll?.(batch) ?? []);
      expectLegal(out);
      expect([joined(blocksOf(out)), reasonOf(out)]).toEqual([expected, { kind: "stop" }]);
    }
    const out = run(createEdgeShaper("other"), events);
    expect(joined(blocksOf(out))).toEqual(expected);
  });
});
