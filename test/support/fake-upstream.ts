import type { GatewayError } from "../../src/errors.ts";
import type { ChatEvent, EventBatch, Usage } from "../../src/model/events.ts";
import type { ModelInfo } from "../../src/model/model-info.ts";
import type { ChatRequest } from "../../src/model/request.ts";
import type { AskOptions, Upstream } from "../../src/upstreams/upstream.ts";
import { type PlainConversation, toPlain } from "../../src/upstreams/akash-chat/to-plain.ts";
import { pushing } from "./sources.ts";
import { textEvents } from "./shape.ts";

/** What the upstream answers to one request; the deltas come in one batch each. */
export interface FakeAnswer {
  readonly deltas: readonly string[];
  readonly usage?: Usage;
  readonly finish?: "stop" | "length";
  /** Thrown behind the deltas, in place of a finish. */
  readonly error?: GatewayError;
  /** Awaited before the batch of this number. */
  readonly gate?: { readonly before: number; readonly open: Promise<unknown> };
}

/** An upstream that gives prepared answers, in order. */
export interface FakeUpstream extends Pick<Upstream, "listModels" | "refreshModels" | "stream"> {
  /** What was asked, also as plain text, with the signal of each request. */
  readonly asked: {
    readonly request: ChatRequest;
    readonly plain: PlainConversation;
    readonly signal: AbortSignal;
  }[];
  /** How many batches were read of each answer. */
  readonly read: number[];
}

/** Creates a fake upstream. */
export function createFakeUpstream(
  answers: readonly FakeAnswer[],
  models: readonly ModelInfo[] | GatewayError = [],
): FakeUpstream {
  const asked: FakeUpstream["asked"] = [];
  const read: number[] = [];

  function toBatches(answer: FakeAnswer): EventBatch[] {
    const events = textEvents(answer.deltas, { kind: answer.finish ?? "stop" });
    const batches: ChatEvent[][] = [];
    let hasDelta = true;
    for (const event of events) {
      if (hasDelta) batches.push([]);
      hasDelta = event.type === "block-delta";
      batches
        .at(-1)
        ?.push(
          event.type === "finish" && answer.usage !== undefined ? { ...event, usage: answer.usage } : event,
        );
    }
    return answer.error === undefined ? batches : batches.slice(0, -1);
  }

  function listModels(): Promise<readonly ModelInfo[]> {
    return models instanceof Error ? Promise.reject(models) : Promise.resolve(models);
  }

  return {
    asked,
    read,
    listModels,
    refreshModels: listModels,
    stream: pushing(async function* stream(request: ChatRequest, { signal }: AskOptions) {
      const answer = answers[asked.length];
      if (answer === undefined) throw new Error("No answer was prepared for this request.");
      const number = asked.push({ request, plain: toPlain(request), signal }) - 1;
      read[number] = 0;
      for (const [index, batch] of toBatches(answer).entries()) {
        if (answer.gate?.before === index) await answer.gate.open;
        signal.throwIfAborted();
        read[number] = index + 1;
        yield batch;
      }
      if (answer.error !== undefined) throw answer.error;
    }),
  };
}
