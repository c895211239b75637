/**
 * Shows what a turn of a coding agent costs inside the process, without sockets and without counting its tokens: a body
 * of some 68 kB (24 tools, a system prompt, a history that grows) is parsed, asked, answered with text or with a call, and
 * encoded. For each API CPU milliseconds a turn, by stages, and the longest stretch that held the event loop.
 * Run: `node bench/agent-turn.ts [turns]`.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

import { createChatService } from "../src/completion/create-chat-service.ts";
import { readConfig } from "../src/config.ts";
import type { StreamEncoder } from "../src/dialects/dialect.ts";
import * as messages from "../src/dialects/anthropic-messages/index.ts";
import * as chat from "../src/dialects/openai-chat/index.ts";
import { parseRequest } from "../src/dialects/openai-responses/index.ts";
import type { ChatEvent, EventBatch } from "../src/model/events.ts";
import type { ModelInfo } from "../src/model/model-info.ts";
import { createResponseService } from "../src/responses/create-response-service.ts";
import { createMemoryConversations } from "../src/store/memory/memory-conversations.ts";
import { startRealTimer } from "../src/stream/real-timer.ts";
import { createMemoryStore } from "../src/store/memory-store.ts";
import { encodeRequest } from "../src/upstreams/akash-chat/encode-request.ts";
import { createJsonReader } from "../src/server/json-reader.ts";
import type { Source } from "../src/stream/source.ts";
import { routerOf } from "../test/support/router-of.ts";
import { createAgentBody, createAnswer, type Wire } from "./agent-body.ts";

const turns = Number(process.argv[2] ?? 400);
const model: ModelInfo = { id: "DeepSeek-V3.2", kind: "chat", contextLength: 128_000 };
const { signal } = new AbortController();
const stages = ["read", "understand", "ask", "answer", "estimate"] as const;
type Stage = (typeof stages)[number];
/** What the model answers; `first`: text, and each turn is the first one of an agent with other tools. */
type Kind = "text" | "call" | "first";

/** What an upstream sends: the deltas, some in each batch, and its own count. */
function batchesOf(deltas: readonly string[]): EventBatch[] {
  const events: ChatEvent[] = [
    { type: "response-start", model: model.id },
    { type: "block-start", index: 0, block: { kind: "text" } },
    ...deltas.map((text) => ({ type: "block-delta", index: 0, text }) as const),
    { type: "block-end", index: 0 },
    {
      type: "finish",
      reason: { kind: "stop" },
      usage: { inputTokens: 17_000, outputTokens: 60, estimated: false },
    },
  ];
  return Array.from({ length: Math.ceil(events.length / 8) }, (_, at) => events.slice(at * 8, at * 8 + 8));
}

function createMeter() {
  const spent = new Map<Stage, number>();
  let last = process.cpuUsage();
  return {
    /** What was done since the last mark belongs to `stage`. */
    mark(stage: Stage | undefined): void {
      const now = process.cpuUsage();
      const { user, system } = { user: now.user - last.user, system: now.system - last.system };
      last = now;
      if (stage !== undefined) spent.set(stage, (spent.get(stage) ?? 0) + (user + system) / 1000);
    },
    spent,
  };
}

/** The longest time between two turns of the event loop, until it is stopped. */
function watchBlocks() {
  const blocks: number[] = [];
  let last = performance.now();
  let running = true;
  const look = (): void => {
    const now = performance.now();
    blocks.push(now - last);
    last = now;
    if (running) setImmediate(look);
  };
  setImmediate(look);
  return () => {
    running = false;
    return blocks.sort((a, b) => b - a);
  };
}

async function measure(wire: Wire, kind: Kind) {
  const listing = Promise.resolve([model]);
  const batches = batchesOf(createAnswer(kind === "call" ? "call" : "text"));
  let meter = createMeter();
  const router = routerOf({
    listModels: () => listing,
    async stream(request, _, sink) {
      encodeRequest(request);
      meter.mark("ask");
      for (const batch of batches) await sink(batch);
    },
  });
  const read = createJsonReader("any");
  let ids = 0;
  const newId = (prefix: string): string => `${prefix}${(ids += 1)}`;
  const service = createChatService({
    config: readConfig({}),
    router,
    images: {
      generate: () => {
        throw new Error("No picture was asked for.");
      },
      publish: () => "",
    },
    newId,
  });
  const stored = createResponseService({
    chat: service,
    store: createMemoryStore(10),
    conversations: createMemoryConversations({ capacity: 10, now: Date.now }),
    startTimer: startRealTimer,
    summaries: { seal: (text) => text, open: (text) => text },
    log: { error: () => undefined },
    newId,
    now: Date.now,
  });

  async function understand(body: unknown): Promise<[Source<EventBatch>, StreamEncoder]> {
    if (wire === "messages") {
      const { request, toolsetCalls } = messages.parseRequest(body);
      const encoder = messages.createStreamEncoder({ messageId: "msg_1", requestId: "1", toolsetCalls });
      return [(sink) => service.complete(request, { signal, baseUrl: "" }, sink), encoder];
    }
    if (wire === "chat") {
      const { request, includeUsage, legacyFunctions, customTools } = chat.parseRequest(body);
      const identity = { id: "chatcmpl-1", created: 1, legacyFunctions, customTools };
      const encoder = chat.createStreamEncoder({ ...identity, includeUsage, model: request.model });
      return [(sink) => service.complete(request, { signal, baseUrl: "" }, sink), encoder];
    }
    const prepared = await stored.prepare(parseRequest(body), { signal, wishes: {}, baseUrl: "" });
    const { events, encoder } = prepared.stream();
    return [events, encoder];
  }

  async function takeTurn(json: string): Promise<string> {
    meter.mark(undefined);
    const body = read(json);
    meter.mark("read");
    const [events, encoder] = await understand(body);
    meter.mark("understand");
    let text = "";
    await events((batch) => {
      for (const event of batch) text += encoder.push(event);
      return undefined;
    });
    meter.mark("answer");
    return text;
  }

  const warm = Math.ceil(turns / 4);
  let stop = watchBlocks();
  for (let turn = 0; turn < warm + turns; turn += 1) {
    if (turn === warm) {
      stop();
      meter = createMeter();
      stop = watchBlocks();
    }
    const json = createAgentBody(wire, turn, kind === "first");
    await nextTurn();
    const text = await takeTurn(json);
    if (kind === "call" ? !text.includes("read_0") : !text.includes("word59"))
      throw new Error(`The answer is not whole: ${text.slice(-300)}`);
    await nextTurn();
  }
  const blocks = stop();
  const figures = stages.flatMap((stage) => {
    const ms = meter.spent.get(stage);
    return ms === undefined ? [] : [`${stage} ${(ms / turns).toFixed(3)}`];
  });
  const total = [...meter.spent.values()].reduce((sum, ms) => sum + ms, 0) / turns;
  console.log(
    `${wire.padEnd(9)} ${kind.padEnd(5)} ${total.toFixed(2)} ms: ${figures.join(", ")}; blocks: median of the longest ${(blocks[Math.floor(turns / 2)] ?? 0).toFixed(2)}, longest ${(blocks[0] ?? 0).toFixed(2)} ms`,
  );
}

const only = process.argv.slice(3);
for (const wire of ["messages", "responses", "chat"] as const)
  for (const kind of ["text", "call", "first"] as const)
    if (only.length === 0 || only.includes(`${wire}-${kind}`)) await measure(wire, kind);
