import type { ChatEvent, EventBatch, GeneratedImage, FinishReason, Usage } from "./events.ts";

/** A finished block of an answer. `arguments` is the whole raw JSON text of a call. */
export type Block =
  | { readonly kind: "text"; readonly text: string; readonly image?: GeneratedImage }
  | { readonly kind: "reasoning"; readonly text: string }
  | {
      readonly kind: "tool-call";
      readonly callId: string;
      readonly name: string;
      readonly arguments: string;
    };

/** A whole answer: what a non-streaming client gets. */
export interface ChatResponse {
  readonly model: string;
  readonly blocks: readonly Block[];
  readonly finish: FinishReason;
  readonly usage: Usage;
}

/** Adds events up to a response. */
export interface Collector {
  push(event: ChatEvent): void;
  /** The response. Throws `Error` before the finish has come. */
  result(): ChatResponse;
}

/** The only aggregator: every non-streaming answer is made by it. */
export function createCollector(): Collector {
  let model = "";
  const blocks: Block[] = [];
  let pieces: string[] = [];
  let end: { reason: FinishReason; usage: Usage } | undefined;
  let openBlock: Extract<ChatEvent, { type: "block-start" }>["block"] | undefined;

  return {
    push(event) {
      switch (event.type) {
        case "response-start":
          model = event.model;
          break;
        case "block-start":
          openBlock = event.block;
          pieces = [];
          break;
        case "block-delta":
          pieces.push(event.text);
          break;
        case "block-end": {
          if (openBlock === undefined) throw new Error("A block ended that never started.");
          const text = pieces.join("");
          blocks.push(
            openBlock.kind === "tool-call" ? { ...openBlock, arguments: text } : { ...openBlock, text },
          );
          openBlock = undefined;
          break;
        }
        case "finish":
          end = { reason: event.reason, usage: event.usage };
          break;
      }
    },
    result() {
      if (end === undefined) throw new Error("The response has not finished.");
      return { model, blocks, finish: end.reason, usage: end.usage };
    },
  };
}

/** Collects an answer. Rejects with what its source fails of; an end without a finish is an `Error`. */
export async function collect(
  events: (sink: (batch: EventBatch) => undefined) => Promise<void>,
): Promise<ChatResponse> {
  const collector = createCollector();
  await events((batch) => {
    for (const event of batch) collector.push(event);
    return undefined;
  });
  return collector.result();
}
