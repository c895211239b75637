import { readFileSync } from "node:fs";

import { expect } from "vitest";

import { createChain } from "../../../src/completion/create-chain.ts";
import { createReaders, createShapers } from "../../../src/completion/select-shapers.ts";
import { textOnly } from "../../../src/model/capabilities.ts";
import { usesTools } from "../../../src/shaping/lower.ts";
import { createCollector, type ChatResponse } from "../../../src/model/collect.ts";
import type { ChatEvent } from "../../../src/model/events.ts";
import type { ChatRequest } from "../../../src/model/request.ts";
import { createLoneWork } from "../../../src/shaping/schema/schema-work.ts";
import type { DecodeOptions } from "../../../src/upstreams/openai-compatible/answer-reader.ts";
import type { UpstreamFailure } from "../../../src/upstreams/openai-compatible/failure.ts";
import { parseJson } from "../../../src/upstreams/openai-compatible/read-json.ts";
import { createStreamDecoder } from "../../../src/upstreams/openai-compatible/decode-stream.ts";

/** What must be read of a reply; see test/fixtures/compatible-servers.jsonl. */
export interface Expectation {
  readonly content?: string;
  readonly reasoning?: string;
  readonly calls?: readonly { name: string; arguments: unknown; id: "keep" | "make" }[];
  readonly finish?: string;
  readonly usage?: { prompt: number; completion: number; total: number } | null;
  /** The part is markup in the text, which shapers read. */
  readonly from?: "markup";
  readonly error?: string;
  readonly retry?: string;
  readonly window?: number;
  readonly input?: number;
  readonly output?: number;
  readonly partial?: string;
  readonly retryAfter?: number;
  readonly upstreamId?: string;
  readonly models?: readonly { id: string; context: number; vision?: boolean; tools?: boolean }[];
}

/** A reply of a server, and what must be read of it. */
export interface Case {
  readonly server: string;
  readonly case: string;
  readonly request: {
    readonly path: string;
    readonly body?: {
      readonly stream?: boolean;
      readonly tools?: readonly { function: { name: string; parameters: Record<string, unknown> } }[];
    };
  };
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly expect: Expectation;
}

export const cases: readonly Case[] = readFileSync(
  new URL("../../fixtures/compatible-servers.jsonl", import.meta.url),
  "utf8",
)
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Case);

export const now = Date.parse("2026-11-26T12:00:00Z");

export function decodeOptions(options: Partial<DecodeOptions> = {}): DecodeOptions {
  let count = 0;
  return {
    upstream: "mine",
    model: "m",
    calls: "whole",
    now: () => now,
    newCallId: () => `call_own${(count += 1)}`,
    ...options,
  };
}

export interface Decoded {
  readonly events: readonly ChatEvent[];
  readonly failure: UpstreamFailure | undefined;
}

/** Decodes a body that comes in these pieces. */
export function decode(pieces: readonly Uint8Array[], options: DecodeOptions): Decoded {
  const decoder = createStreamDecoder(options);
  const events = pieces.flatMap((piece) => decoder.push(piece));
  events.push(...decoder.end());
  return { events: joinDeltas(events), failure: decoder.failure };
}

/** The same answer whatever its pieces were: neighbouring deltas as one. */
function joinDeltas(events: readonly ChatEvent[]): ChatEvent[] {
  const joined: ChatEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event.type === "block-delta" && last?.type === "block-delta") {
      joined[joined.length - 1] = { ...last, text: last.text + event.text };
    } else joined.push(event);
  }
  return joined;
}

export function toRequest({ request }: Case): ChatRequest {
  return {
    model: "m",
    messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
    tools: (request.body?.tools ?? []).map(({ function: tool }) => tool),
    toolChoice: { kind: "auto" },
    parallelToolCalls: true,
    responseFormat: { kind: "text" },
    sampling: {},
    stopSequences: [],
  };
}

/** Reads markup in the text as the gateway does for every model. */
export function shape(events: readonly ChatEvent[], request: ChatRequest): readonly ChatEvent[] {
  let count = 0;
  const can = { ...textOnly, tools: "native" } as const;
  const chain = createChain([
    ...createReaders(request, { model: "m", can, whole: true }),
    ...createShapers(request, {
      model: "m",
      can,
      whole: true,
      reasoning: "field",
      argumentsMode: "whole",
      newCallId: () => `call_own${(count += 1)}`,
      work: createLoneWork(),
      taught: { shortened: new Set(), onMisfit: () => {} },
    }),
  ]);
  const out = chain.push(events);
  return Array.isArray(out) ? (out as ChatEvent[]) : [...(out as Iterable<ChatEvent[]>)].flat();
}

/** Whether the answer goes through the shapers: tools were offered and text came in place of a call. */
export function needsShaping(one: Case): boolean {
  return one.expect.from === "markup" || usesTools(toRequest(one));
}

export function collectEvents(events: readonly ChatEvent[]): ChatResponse {
  const collector = createCollector();
  for (const event of events) collector.push(event);
  return collector.result();
}

export function textOf(events: readonly ChatEvent[], kind: "text" | "reasoning"): string {
  let open = "";
  let text = "";
  for (const event of events) {
    if (event.type === "block-start") open = event.block.kind;
    else if (event.type === "block-delta" && open === kind) text += event.text;
  }
  return text;
}

const finishes: Readonly<Record<string, string>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
};

/** Holds the events of an answer to what must be read of it. */
export function checkAnswer(one: Case, decoded: readonly ChatEvent[]): void {
  const { expect: wanted } = one;
  const hasCalls = decoded.some((event) => event.type === "block-start" && event.block.kind === "tool-call");
  const events = needsShaping(one) && !hasCalls ? shape(decoded, toRequest(one)) : decoded;
  const answer = collectEvents(events);
  expect(textOf(events, "text")).toBe(wanted.content);
  expect(textOf(events, "reasoning")).toBe(wanted.reasoning);
  const calls = answer.blocks.flatMap((block) => (block.kind === "tool-call" ? [block] : []));
  const theirs = new Set([...one.body.matchAll(/"id":\s*"([^"]*)"/g)].map((match) => match[1]));
  expect(
    calls.map((call) => ({
      name: call.name,
      arguments: parseJson(call.arguments),
      id: theirs.has(call.callId) ? "keep" : "make",
    })),
  ).toEqual(wanted.calls?.map((call) => ({ name: call.name, arguments: call.arguments, id: call.id })));
  expect(new Set(calls.map(({ callId }) => callId)).size).toBe(calls.length);
  expect(answer.finish.kind).toBe(finishes[wanted.finish ?? ""]);
  const { inputTokens, outputTokens } = answer.usage;
  expect(
    inputTokens === undefined && outputTokens === undefined ? null : { inputTokens, outputTokens },
  ).toEqual(
    wanted.usage === null || wanted.usage === undefined
      ? null
      : { inputTokens: wanted.usage.prompt, outputTokens: wanted.usage.completion },
  );
}
