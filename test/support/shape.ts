import { expect } from "vitest";

import type { ChatEvent, FinishReason } from "../../src/model/events.ts";
import { createCollector, type Block } from "../../src/model/collect.ts";
import type { Shaper } from "../../src/shaping/shaper.ts";

/** The events of a text answer with exactly these deltas. */
export function textEvents(deltas: readonly string[], reason: FinishReason = { kind: "stop" }): ChatEvent[] {
  const body: ChatEvent[] =
    deltas.length === 0
      ? []
      : [
          { type: "block-start", index: 0, block: { kind: "text" } },
          ...deltas.map((text) => ({ type: "block-delta", index: 0, text }) as const),
          { type: "block-end", index: 0 },
        ];
  return [
    { type: "response-start", model: "m" },
    ...body,
    { type: "finish", reason, usage: { estimated: true } },
  ];
}

/** Events of several blocks. */
export function blockEvents(blocks: readonly Block[], reason: FinishReason = { kind: "stop" }): ChatEvent[] {
  const [start, finish] = textEvents([], reason);
  const body = blocks.flatMap((block, index): ChatEvent[] => [
    {
      type: "block-start",
      index,
      block:
        block.kind === "tool-call"
          ? { kind: "tool-call", callId: block.callId, name: block.name }
          : { kind: block.kind },
    },
    { type: "block-delta", index, text: block.kind === "tool-call" ? block.arguments : block.text },
    { type: "block-end", index },
  ]);
  return [...(start === undefined ? [] : [start]), ...body, ...(finish === undefined ? [] : [finish])];
}

/** Pushes events, and checks that what comes out is legal so far. */
export function run(shaper: Shaper, events: readonly ChatEvent[]): ChatEvent[] {
  const out = events.flatMap((event) => shaper.push(event));
  expectLegal(out);
  return out;
}

/** Fails unless events keep the grammar of `src/model/events.ts`; the answer may still be unfinished. */
export function expectLegal(events: readonly ChatEvent[]): void {
  let open = false;
  let next = 0;
  let finished = false;
  for (const [position, event] of events.entries()) {
    expect(finished, "nothing follows the finish").toBe(false);
    expect(event.type === "response-start", "the response begins once").toBe(position === 0);
    if (event.type === "block-start") {
      expect([open, event.index]).toEqual([false, next]);
      open = true;
    } else if (event.type === "block-delta" || event.type === "block-end") {
      expect([open, event.index]).toEqual([true, next]);
      if (event.type === "block-end") {
        open = false;
        next += 1;
      }
    } else if (event.type === "finish") {
      expect(open).toBe(false);
      finished = true;
    }
  }
}

/** The blocks of events that finished. */
export function blocksOf(events: readonly ChatEvent[]): readonly Block[] {
  const collector = createCollector();
  for (const event of events) collector.push(event);
  return collector.result().blocks;
}

/** Why events finished. */
export function reasonOf(events: readonly ChatEvent[]): FinishReason | undefined {
  const last = events.at(-1);
  return last?.type === "finish" ? last.reason : undefined;
}

/** All text of one kind in events, finished or not. */
export function textOf(events: readonly ChatEvent[], kind: Block["kind"] = "text"): string {
  let current: Block["kind"] | undefined;
  let text = "";
  for (const event of events) {
    if (event.type === "block-start") current = event.block.kind;
    if (event.type === "block-delta" && current === kind) text += event.text;
  }
  return text;
}
