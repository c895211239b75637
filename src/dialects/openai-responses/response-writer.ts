import type { GatewayError } from "../../errors.ts";
import type { ChatEvent, FinishReason, Usage } from "../../model/events.ts";
import type { Mutable } from "../../model/mutable.ts";
import { encodeFailure } from "./encode-failure.ts";
import { createItemWriter, type ItemWriter } from "./item-writer.ts";
import type { ToolTable } from "./tool-table.ts";
import type {
  OutputItem,
  ResponseEcho,
  ResponseObject,
  ResponseStatus,
  WireEvent,
  WireUsage,
} from "./wire.ts";

/** What a response is made from. */
export interface ResponseWriterOptions {
  readonly id: string;
  /** Unix time in s. */
  readonly createdAt: number;
  /** The model until the answer names it. */
  readonly model: string;
  readonly echo: ResponseEcho;
  readonly tools: ToolTable;
  /** Seals the answer, which is a summary, to a compaction item. */
  readonly seal?: ((text: string) => string) | undefined;
  /** Asked when the answer begins: a sealed summary that it goes on from, which is then its first item. */
  readonly summary?: (() => string | undefined) | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Turns canonical events into the events and the object of one response. Streaming and not, stored and not:
 * all of them come from here, and so they agree.
 */
export interface ResponseWriter {
  /** `response.created`, once; a queued response is announced so, others begin with their first event. */
  queue(): readonly WireEvent[];
  push(event: ChatEvent): readonly WireEvent[];
  /**
   * What to say in silence: that the response is in progress, once more if it was said, with all that was shown of it:
   * SDKs put the response of such an event in the place of what they have gathered. A comment would not do, since Codex
   * gives up when no event comes for long. Nothing for a response that has ended.
   */
  heartbeat(): readonly WireEvent[];
  /** Ends the response as failed, unless it has ended. An open item is never announced as done. */
  fail(error: GatewayError): readonly WireEvent[];
  /** Ends the response as cancelled, unless it has ended. */
  cancel(): readonly WireEvent[];
  /** The response as it is now. */
  response(): ResponseObject;
  readonly ended: boolean;
}

function encodeUsage({ inputTokens, outputTokens, reasoningTokens }: Usage): WireUsage | null {
  if (inputTokens === undefined || outputTokens === undefined) return null;
  return {
    input_tokens: inputTokens,
    // Nothing is ever served from a cache here.
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens ?? 0 },
    total_tokens: inputTokens + outputTokens,
  };
}

function toIncompleteReason(reason: FinishReason): "max_output_tokens" | "content_filter" | undefined {
  if (reason.kind === "length") return "max_output_tokens";
  return reason.kind === "content-filter" ? "content_filter" : undefined;
}

/** Creates the writer of one response. */
export function createResponseWriter(options: ResponseWriterOptions): ResponseWriter {
  const { echo, now } = options;
  const output: OutputItem[] = [];
  let sequence = 0;
  let begun = false;
  let item: ItemWriter | undefined;
  let response: ResponseObject = {
    id: options.id,
    object: "response",
    created_at: options.createdAt,
    completed_at: null,
    status: "in_progress",
    error: null,
    incomplete_details: null,
    model: options.model,
    output: [],
    usage: null,
    ...echo,
  };

  function next(): number {
    sequence += 1;
    return sequence - 1;
  }

  function announce(type: string): WireEvent {
    return { type, sequence_number: next(), response };
  }

  /** Announces the response, at most once each: created, in progress. */
  function begin(status: "queued" | "in_progress"): WireEvent[] {
    if (begun) return [];
    const events: WireEvent[] = [];
    if (sequence === 0) {
      response = { ...response, status };
      events.push(announce("response.created"));
      if (status === "queued") events.push(announce("response.queued"));
    }
    if (status === "in_progress") {
      begun = true;
      response = { ...response, status };
      events.push(announce("response.in_progress"));
    }
    return events;
  }

  function writeSummary(): WireEvent[] {
    const sealed = options.summary?.();
    if (sealed === undefined) return [];
    const seal = (): string => sealed;
    item = createItemWriter({ kind: "text" }, { ...options, seal, index: output.length, next });
    return [...item.start(), ...settle("completed")];
  }

  /** Ends the item that is open, if any. */
  function settle(status: "completed" | "incomplete"): WireEvent[] {
    if (item === undefined) return [];
    const events = [...item.finish(status)];
    output.push(item.toItem(status));
    item = undefined;
    return events;
  }

  function end(status: ResponseStatus, changes: Partial<ResponseObject>): WireEvent[] {
    writer.ended = true;
    response = { ...response, ...changes, status, output: [...output] };
    // There is no event for a cancelled response; SDKs refuse events that they do not know.
    return [announce(status === "cancelled" ? "response.failed" : `response.${status}`)];
  }

  /** Ends the response before its time; what is open stays in the output as incomplete. */
  function breakOff(status: "failed" | "cancelled", changes: Partial<ResponseObject>): WireEvent[] {
    if (writer.ended) return [];
    const events = begin("in_progress");
    if (item !== undefined) output.push(item.toItem("incomplete"));
    item = undefined;
    return [...events, ...end(status, changes)];
  }

  function finish(reason: FinishReason, usage: Usage): WireEvent[] {
    const cut = toIncompleteReason(reason);
    const events = settle(cut === undefined ? "completed" : "incomplete");
    const changes = { usage: encodeUsage(usage) };
    return cut === undefined
      ? [...events, ...end("completed", { ...changes, completed_at: Math.floor(now() / 1000) })]
      : [...events, ...end("incomplete", { ...changes, incomplete_details: { reason: cut } })];
  }

  const writer: Mutable<ResponseWriter> = {
    ended: false,
    queue: () => begin("queued"),
    push(event) {
      switch (event.type) {
        case "response-start":
          response = { ...response, model: event.model };
          return [...begin("in_progress"), ...writeSummary()];
        case "block-start": {
          const settled = settle("completed");
          item = createItemWriter(event.block, { ...options, index: output.length, next });
          return [...settled, ...item.start()];
        }
        case "block-delta":
          return item?.push(event.text) ?? [];
        case "block-end":
          // Whether text is complete shows only with what follows; a call that ended is complete.
          return item?.kind === "tool-call" ? settle("completed") : (item?.end() ?? []);
        case "finish":
          break;
      }
      return finish(event.reason, event.usage);
    },
    heartbeat() {
      if (writer.ended) return [];
      if (!begun) return begin("in_progress");
      const shown = { ...response, output: [...output, ...(item?.shown() ?? [])] };
      return [{ type: "response.in_progress", sequence_number: next(), response: shown }];
    },
    fail: (error) => breakOff("failed", { error: encodeFailure(error) }),
    cancel: () => breakOff("cancelled", {}),
    response() {
      return writer.ended ? response : { ...response, output: [...output] };
    },
  };
  return writer;
}
