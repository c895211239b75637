import { createChain } from "../../../src/completion/create-chain.ts";
import { createCollector, type Block } from "../../../src/model/collect.ts";
import type { ChatEvent, FinishReason } from "../../../src/model/events.ts";
import type { AnswerProblem, Shaper } from "../../../src/shaping/shaper.ts";
import { createToolShapers, type ToolCallShaperOptions } from "../../../src/shaping/tools/index.ts";
import { everyCut } from "../../support/cuts.ts";
import { expectLegal } from "../../support/shape.ts";

/** A part of an answer: text, thinking or a call, as a server gives it. */
export type NativePart =
  | { readonly text: string }
  | { readonly reasoning: string }
  | { readonly call: string; readonly arguments: string; readonly id?: string };

/** A native call. */
export function call(name: string, input: unknown, id?: string): NativePart {
  const text = typeof input === "string" ? input : JSON.stringify(input);
  return { call: name, arguments: text, ...(id === undefined ? {} : { id }) };
}

function contentOf(part: NativePart): string {
  return "call" in part ? part.arguments : "text" in part ? part.text : part.reasoning;
}

function startOf(part: NativePart, index: number): Extract<ChatEvent, { type: "block-start" }>["block"] {
  if ("call" in part) return { kind: "tool-call", callId: part.id ?? `native_${index}`, name: part.call };
  return { kind: "text" in part ? "text" : "reasoning" };
}

/** The events of an answer, each part in pieces. */
export function nativeEvents(
  parts: readonly (readonly [NativePart, readonly string[]])[],
  finish: FinishReason["kind"] = "stop",
): ChatEvent[] {
  const body = parts.flatMap(([part, pieces], index): ChatEvent[] => [
    { type: "block-start", index, block: startOf(part, index) },
    ...pieces.map((text) => ({ type: "block-delta", index, text }) as const),
    { type: "block-end", index },
  ]);
  return [
    { type: "response-start", model: "m" },
    ...body,
    { type: "finish", reason: { kind: finish, raw: finish }, usage: { estimated: false } },
  ];
}

/** An answer whole, in single signs, and with one of its parts cut in two at every place. */
export function cutsOf(
  parts: readonly NativePart[],
  finish: FinishReason["kind"] = "stop",
): readonly ChatEvent[][] {
  const whole = (part: NativePart) => [part, [contentOf(part)]] as const;
  const one = [parts.map(whole), parts.map((part) => [part, contentOf(part).split("")] as const)];
  const cut = parts.flatMap((part, at) =>
    everyCut(contentOf(part)).map((pieces) =>
      parts.map((other, index) => (index === at ? ([part, pieces] as const) : whole(other))),
    ),
  );
  return [...one, ...cut].map((answer) => nativeEvents(answer, finish));
}

/** What a client gets of a block, short. */
export type Given =
  | { text: string }
  | { reasoning: string }
  | { call: string; arguments: string; id: string };

/** What becomes of an answer. */
export interface NativeOutcome {
  readonly blocks: readonly Given[];
  readonly finish: string;
  readonly problem?: AnswerProblem | undefined;
}

function toGiven(block: Block): Given {
  if (block.kind === "tool-call") return { call: block.name, arguments: block.arguments, id: block.callId };
  return block.kind === "text" ? { text: block.text } : { reasoning: block.text };
}

/** Plays events through shapers, as a client would get the answer after giving up on a problem; checks the grammar. */
export function playShapers(
  events: readonly (readonly ChatEvent[])[],
  shapers: readonly Shaper[],
): NativeOutcome {
  const chain = createChain(shapers);
  const out: ChatEvent[] = [];
  for (const batch of events) {
    const given = chain.push(batch);
    for (const one of "next" in given ? given : [given]) out.push(...one);
  }
  const problem = chain.problem();
  if (problem !== undefined) out.push(...chain.giveUp(true));
  expectLegal(out);
  const collector = createCollector();
  for (const event of out) collector.push(event);
  const { blocks, finish } = collector.result();
  return { blocks: blocks.map(toGiven), finish: finish.kind, ...(problem === undefined ? {} : { problem }) };
}

/** Plays an answer through all that reads calls. */
export function playNative(events: readonly ChatEvent[], options: ToolCallShaperOptions): NativeOutcome {
  return playShapers(
    events.map((event) => [event]),
    createToolShapers(options),
  );
}
