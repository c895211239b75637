import { createChain } from "../../../src/completion/create-chain.ts";
import { createCollector } from "../../../src/model/collect.ts";
import type { ChatEvent } from "../../../src/model/events.ts";
import { createToolShapers, type ToolCallShaperOptions } from "../../../src/shaping/tools/index.ts";
import { toOutcome, type Outcome } from "./answer.ts";

/** A part of an answer, in the pieces in which it comes. */
export interface Part {
  readonly kind: "text" | "reasoning";
  readonly pieces: readonly string[];
}

/** The events of an answer of several parts. */
export function partEvents(parts: readonly Part[], finish: "stop" | "length" = "stop"): ChatEvent[] {
  const events: ChatEvent[] = [{ type: "response-start", model: "test-model" }];
  for (const [index, { kind, pieces }] of parts.entries()) {
    events.push({ type: "block-start", index, block: { kind } });
    for (const text of pieces) events.push({ type: "block-delta", index, text });
    events.push({ type: "block-end", index });
  }
  events.push({ type: "finish", reason: { kind: finish, raw: finish }, usage: { estimated: false } });
  return events;
}

/** Plays an answer through all that reads calls, as a client would get it, after giving up on a problem. */
export function playAll(events: readonly ChatEvent[], options: ToolCallShaperOptions): Outcome {
  const chain = createChain(createToolShapers(options));
  const collector = createCollector();
  for (const event of events) {
    const out = chain.push([event]);
    for (const batch of "next" in out ? out : [out]) for (const one of batch) collector.push(one);
  }
  const problem = chain.problem()?.message;
  if (problem !== undefined) for (const out of chain.giveUp(true)) collector.push(out);
  return { ...toOutcome(collector.result()), ...(problem === undefined ? {} : { problem }) };
}

/** A text in pieces of 1 and of 3, and as a whole. */
export function cuts(text: string): readonly (readonly string[])[] {
  return [1, 3, Math.max(1, text.length)].map((size) => {
    const pieces: string[] = [];
    for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
    return pieces;
  });
}
