import type { CompatibleEntry } from "../../../src/upstreams/upstream-entry.ts";
import { readConfig } from "../../../src/config.ts";
import type { CallWatch } from "../../../src/model/call-watch.ts";
import type { ChatEvent, EventBatch } from "../../../src/model/events.ts";
import type { IdFactory } from "../../../src/model/ids.ts";
import type { ChatRequest } from "../../../src/model/request.ts";
import { createMemoryCapabilities } from "../../../src/upstreams/memory/memory-capabilities.ts";
import {
  type CompatibleSurroundings,
  createCompatibleUpstream,
} from "../../../src/upstreams/openai-compatible/index.ts";
import type { AskOptions, Upstream } from "../../../src/upstreams/upstream.ts";
import { now } from "./read-case.ts";
import { streamOf } from "../../support/sources.ts";

export const forever: AbortSignal = new AbortController().signal;

export function countIds(): IdFactory {
  let count = 0;
  return (prefix) => `${prefix}own${(count += 1)}`;
}

/** An upstream that closes with the test: a clock that stands still, no jitter, no proxy of the environment. */
export function createUpstream(
  url: string,
  options: Partial<CompatibleEntry> = {},
  surroundings: Partial<CompatibleSurroundings> = {},
): Upstream & AsyncDisposable {
  const upstream = createCompatibleUpstream(
    {
      name: "mine",
      type: "openai",
      baseUrl: `${url}/v1`,
      apiKey: undefined,
      headers: {},
      firstByteTimeoutMs: undefined,
      idleTimeoutMs: undefined,
      models: { all: {}, overrides: [], include: undefined },
      ...options,
    },
    {
      config: readConfig({}),
      log: { debug() {}, info() {}, warn() {} },
      now: () => now,
      newId: countIds(),
      memory: createMemoryCapabilities(),
      random: () => 0,
      proxy: {},
      ...surroundings,
    },
  );
  return Object.assign(upstream, { [Symbol.asyncDispose]: () => upstream.close() });
}

export function toRequest(request: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: "m",
    messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
    tools: [],
    toolChoice: { kind: "auto" },
    parallelToolCalls: true,
    responseFormat: { kind: "text" },
    sampling: {},
    stopSequences: [],
    ...request,
  };
}

export const ping = {
  name: "ping",
  description: "Answers.",
  parameters: { type: "object", properties: { to: { type: "string" } } },
};

/** All events of an answer, and its failure in place of an exception. */
export async function readAll(
  batches: AsyncIterable<EventBatch>,
): Promise<{ readonly events: readonly ChatEvent[]; readonly error: unknown }> {
  const events: ChatEvent[] = [];
  try {
    for await (const batch of batches) events.push(...batch);
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

export function ask(
  upstream: Upstream,
  request: Partial<ChatRequest> = {},
  options: Partial<AskOptions> = {},
) {
  return readAll(streamOf(upstream, toRequest(request), { signal: forever, ...options }));
}

/** What is told to the watch, in order. */
export function createWatch(): CallWatch & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    resolve: ({ id }) => void told.push(`resolve ${id}`),
    ask: (upstream) => void told.push(`ask ${upstream}`),
    tellId: (id) => void told.push(`id ${id}`),
    retry: (failure) => void told.push(`retry ${failure}`),
    repair: (reason) => void told.push(`repair ${reason}`),
    spend: () => void told.push("spend"),
    waitFor: (what) => void told.push(`wait ${what}`),
    move: () => {},
  };
}

/** Frames of a stream that answers with a text, or with what is given. */
export function frames(...deltas: readonly object[]): string {
  const chunks = deltas.map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }] }));
  const last = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
  return [...chunks, last].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("") + "data: [DONE]\n\n";
}

export const hello: string = frames({ content: "Hello" });
