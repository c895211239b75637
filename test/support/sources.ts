import type { CallContext, ChatService } from "../../src/completion/chat-service.ts";
import type { EventBatch } from "../../src/model/events.ts";
import { type ChatResponse, createCollector } from "../../src/model/collect.ts";
import type { ChatRequest } from "../../src/model/request.ts";
import { iterate } from "../../src/stream/iterate.ts";
import { linkSignal } from "../../src/stream/link-signal.ts";
import type { Sink, Source } from "../../src/stream/source.ts";
import type { AskOptions, Upstream } from "../../src/upstreams/upstream.ts";

/** Something written as an iteration, as a source: each item is given when the sink has taken the one before. */
export function toSource<Item>(items: AsyncIterable<Item> | Iterable<Item>): Source<Item> {
  return async (sink) => {
    for await (const item of items) await sink(item);
  };
}

/** The same for functions: what they iterate over goes to the sink, which is their last parameter. */
export function pushing<Parameters extends readonly unknown[], Item>(
  run: (...parameters: Parameters) => AsyncIterable<Item> | Iterable<Item>,
): (...parameters: readonly [...Parameters, Sink<Item>]) => Promise<void> {
  return async (...all) => {
    const sink = all.at(-1) as Sink<Item>;
    await toSource(run(...(all.slice(0, -1) as unknown as Parameters)))(sink);
  };
}

/** An upstream's answer as an iteration; who stops iterating aborts it. */
export function streamOf(
  upstream: Pick<Upstream, "stream">,
  request: ChatRequest,
  options: AskOptions,
): AsyncGenerator<EventBatch, void, undefined> {
  const { signal, abort } = linkSignal(options.signal);
  return iterate((sink) => upstream.stream(request, { ...options, signal }, sink), abort);
}

/** An answer of the chat service as an iteration; who stops iterating aborts it. */
export function answerOf(
  service: Pick<ChatService, "complete">,
  request: ChatRequest,
  context: CallContext,
): AsyncGenerator<EventBatch, void, undefined> {
  const { signal, abort } = linkSignal(context.signal);
  return iterate((sink) => service.complete(request, { ...context, signal }, sink), abort);
}

/** The whole answer of an iteration. */
export async function collect(batches: AsyncIterable<EventBatch>): Promise<ChatResponse> {
  const collector = createCollector();
  for await (const batch of batches) for (const event of batch) collector.push(event);
  return collector.result();
}
