import type { ChatEvent } from "../../../src/model/events.ts";
import { createCollector, type ChatResponse } from "../../../src/model/collect.ts";
import type { ToolDefinition } from "../../../src/model/request.ts";
import type { Shaper } from "../../../src/shaping/shaper.ts";
import { createToolCallShaper, type ToolCallShaperOptions } from "../../../src/shaping/tools/index.ts";
import { createPatientWork } from "../../support/patient-work.ts";
import declared from "../../fixtures/tool-calls/tools.json" with { type: "json" };

const work = createPatientWork();

/** The tools that the corpus calls. */
export const tools: readonly ToolDefinition[] = declared;

/** Options of a shaper for the corpus' tools, ids counting up. */
export function shaperOptions(
  overrides: Partial<ToolCallShaperOptions["request"]> = {},
  rest: Partial<ToolCallShaperOptions> = {},
): ToolCallShaperOptions {
  let count = 0;
  return {
    request: { tools, toolChoice: { kind: "auto" }, parallelToolCalls: true, ...overrides },
    model: "test-model",
    argumentsMode: "stream",
    work,
    newCallId: () => {
      count += 1;
      return `call_${count}`;
    },
    ...rest,
  };
}

/** An answer of the upstream, its text in pieces. */
export interface Answer {
  readonly reasoning?: string | undefined;
  readonly pieces: readonly string[];
  readonly finish?: "stop" | "length" | "content-filter";
}

/** The events of an answer, in the upstream's grammar. */
export function answerEvents({ reasoning, pieces, finish = "stop" }: Answer): ChatEvent[] {
  const events: ChatEvent[] = [{ type: "response-start", model: "test-model" }];
  let index = 0;
  if (reasoning !== undefined) {
    events.push(
      { type: "block-start", index, block: { kind: "reasoning" } },
      { type: "block-delta", index, text: reasoning },
    );
    events.push({ type: "block-end", index });
    index += 1;
  }
  events.push({ type: "block-start", index, block: { kind: "text" } });
  for (const text of pieces) events.push({ type: "block-delta", index, text });
  events.push(
    { type: "block-end", index },
    { type: "finish", reason: { kind: finish, raw: finish }, usage: { estimated: false } },
  );
  return events;
}

/** What a client gets of an answer, after giving up on a problem. */
export interface Outcome {
  readonly blocks: readonly (
    | { text: string }
    | { reasoning: string }
    | { call: string; arguments: string }
  )[];
  readonly finish: string;
  readonly problem?: string;
}

/** Plays an answer through a shaper and collects it. */
export function play(answer: Answer, options: ToolCallShaperOptions): Outcome {
  const shaper = createToolCallShaper(options);
  const collector = createCollector();
  for (const event of answerEvents(answer)) for (const out of shaper.push(event)) collector.push(out);
  const problem = shaper.problem?.message;
  if (problem !== undefined) for (const out of shaper.giveUp()) collector.push(out);
  return { ...toOutcome(collector.result()), ...(problem === undefined ? {} : { problem }) };
}

/** What was given out so far, as one text per block. */
export function given(shaper: Shaper, events: readonly ChatEvent[]): string[] {
  const blocks: string[] = [];
  for (const event of events) {
    for (const out of shaper.push(event)) {
      if (out.type === "block-start") blocks.push("");
      if (out.type === "block-delta") blocks.push((blocks.pop() ?? "") + out.text);
    }
  }
  return blocks;
}

/** What was collected, as tests compare it. */
export function toOutcome(response: ChatResponse): Outcome {
  const blocks = response.blocks.map((block) => {
    if (block.kind === "tool-call") return { call: block.name, arguments: block.arguments };
    return block.kind === "text" ? { text: block.text } : { reasoning: block.text };
  });
  return { blocks, finish: response.finish.kind };
}
