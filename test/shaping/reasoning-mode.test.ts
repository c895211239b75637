import { expect, test } from "vitest";

import type { Block } from "../../src/model/collect.ts";
import { dropReasoning, inlineReasoning } from "../../src/shaping/reasoning-mode.ts";
import { blockEvents, blocksOf, run } from "../support/shape.ts";

const call: Block = { kind: "tool-call", callId: "call_1", name: "f", arguments: "{}" };
const text = (value: string): Block => ({ kind: "text", text: value });
const reasoning = (value: string): Block => ({ kind: "reasoning", text: value });

test.each<[name: string, blocks: Block[], inline: Block[]]>([
  ["before text", [reasoning("a"), text("b")], [text("<think>\na\n</think>\n\nb")]],
  ["between texts", [text("x "), reasoning("a"), text("b")], [text("x <think>\na\n</think>\n\nb")]],
  ["alone", [reasoning("a")], [text("<think>\na\n</think>\n\n")]],
  ["before a call", [reasoning("a"), call], [text("<think>\na\n</think>\n\n"), call]],
  ["twice", [reasoning("a"), reasoning("b"), text("c")], [text("<think>\nab\n</think>\n\nc")]],
  ["nowhere", [text("b"), call], [text("b"), call]],
])("reasoning inline: %s", (_name, blocks, inline) => {
  expect(blocksOf(run(inlineReasoning(), blockEvents(blocks)))).toEqual(inline);
});

test("reasoning dropped", () => {
  const blocks = [reasoning("a"), text("b"), reasoning("c"), call];
  expect(blocksOf(run(dropReasoning(), blockEvents(blocks)))).toEqual([text("b"), call]);
  expect(blocksOf(run(dropReasoning(), blockEvents([reasoning("a")])))).toEqual([]);
});
