import type { FastifyReply } from "fastify";

import type { CallContext, ChatService } from "../completion/chat-service.ts";
import type { ChoicesEncoder } from "../dialects/dialect.ts";
import { rephrase, toClientMessage, toGatewayError } from "../errors.ts";
import type { ChatResponse } from "../model/collect.ts";
import type { EventBatch } from "../model/events.ts";
import type { ChatRequest } from "../model/request.ts";
import { linkSignal } from "../stream/link-signal.ts";
import { mergeSources } from "../stream/merge-sources.ts";
import type { Source } from "../stream/source.ts";
import { noteEvent } from "./answer-facts.ts";
import { collectAnswer } from "./collect-answer.ts";
import { sendBatches, type StreamOptions } from "./send-events.ts";

/** The requests for several answers to one. A seed is counted on, since one and the same would give one and the same answer. */
export function toChoices(request: ChatRequest, count: number): readonly ChatRequest[] {
  if (count === 1) return [request];
  const { sampling } = request;
  const { seed } = sampling;
  return Array.from({ length: count }, (_, index) =>
    seed === undefined || index === 0
      ? request
      : { ...request, sampling: { ...sampling, seed: seed + index } },
  );
}

/** Starts the answers; the first failure, or the end of `task`, ends those that still run. One alone has nobody to end. */
async function withAnswers<T>(
  chat: ChatService,
  requests: readonly ChatRequest[],
  context: CallContext,
  task: (answers: readonly Source<EventBatch>[]) => Promise<T>,
): Promise<T> {
  const [only] = requests;
  if (only !== undefined && requests.length === 1)
    return task([(sink) => chat.complete(only, context, sink)]);
  const linked = linkSignal(context.signal);
  const { signal } = linked;
  try {
    return await task(
      requests.map((request) => (sink) => chat.complete(request, { ...context, signal }, sink)),
    );
  } finally {
    linked.release();
    linked.abort();
  }
}

/**
 * Answers every request at once, whole, in their order. Rejects with the first failure, which names the links of the
 * pictures that were drawn by then.
 */
export async function collectChoices(
  reply: FastifyReply,
  chat: ChatService,
  requests: readonly ChatRequest[],
  context: CallContext,
): Promise<readonly ChatResponse[]> {
  reply.request.facts.stream = false;
  const links: string[] = [];
  async function collect(events: Source<EventBatch>): Promise<ChatResponse> {
    const answer = await collectAnswer(reply.request, events);
    for (const block of answer.blocks) {
      if (block.kind === "text" && block.image !== undefined) links.push(block.image.url);
    }
    return answer;
  }
  try {
    return await withAnswers(
      chat,
      requests,
      { ...context, whole: true, watch: reply.request.facts },
      (answers) => Promise.all(answers.map(collect)),
    );
  } catch (thrown) {
    if (links.length === 0) throw thrown;
    const error = toGatewayError(thrown);
    const message = `${toClientMessage(error)} Drawn all the same: ${links.join(" ")}`;
    // Nothing of it is for the log, which must not have signed links; the failure itself is its cause.
    throw rephrase(error, message, message);
  }
}

/** Answers every request at once as one stream, each choice's chunks as they come. Fails as `sendEvents` does. */
export function sendChoices(
  reply: FastifyReply,
  chat: ChatService,
  requests: readonly ChatRequest[],
  options: Omit<StreamOptions, "heartbeat" | "contentType"> & {
    readonly encoder: ChoicesEncoder;
    readonly baseUrl: string;
  },
): Promise<void> {
  const { encoder, baseUrl, signal } = options;
  const { facts } = reply.request;
  let running = requests.length;
  return withAnswers(chat, requests, { signal, baseUrl, watch: facts }, (answers) =>
    sendBatches(reply, {
      ...options,
      contentType: encoder.contentType,
      heartbeat: () => encoder.heartbeat(),
      batches: mergeSources(answers),
      fail: (error) => encoder.fail(error),
      encode({ source, item: batch }) {
        let text = "";
        let meaningful = false;
        for (const event of batch) {
          noteEvent(facts, event);
          text += encoder.push(source, event);
          if (event.type !== "response-start") meaningful = true;
          if (event.type === "finish") running -= 1;
        }
        return { text, meaningful, finished: running === 0 };
      },
    }),
  );
}
