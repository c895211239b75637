import type { GatewayError } from "../../errors.ts";
import type { BlockStart, ChatEvent } from "../../model/events.ts";
import type { Mutable } from "../../model/mutable.ts";
import { encodeFailure } from "./encode-failure.ts";
import { encodeResponse, type ResponseEnd, type ResponseIdentity, toResponseEnd } from "./encode-response.ts";
import { createItemWriter, type ItemWriter } from "./item-writer.ts";
import type { ToolTable } from "./tool-table.ts";
import type { OutputItem, ResponseObject, WireEvent } from "./wire.ts";

/** What a response is made from. */
export interface ResponseWriterOptions extends ResponseIdentity {
  /** The model until the answer names it. */
  readonly model: string;
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
  /** Nothing for a response that has ended: it stays as it is. */
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

/** How far the response is. An item can only be open while it is made. */
type State =
  | { readonly phase: "unannounced" | "queued" }
  | { readonly phase: "made"; readonly item: ItemWriter | undefined }
  | { readonly phase: "ended"; readonly end: ResponseEnd };

/** Creates the writer of one response. */
export function createResponseWriter(options: ResponseWriterOptions): ResponseWriter {
  const output: OutputItem[] = [];
  let model = options.model;
  let sequence = 0;
  let state: State = { phase: "unannounced" };

  function next(): number {
    sequence += 1;
    return sequence - 1;
  }

  function encode(open: readonly OutputItem[] = []): ResponseObject {
    const progress =
      state.phase === "ended"
        ? state.end
        : ({ status: state.phase === "queued" ? "queued" : "in_progress" } as const);
    return encodeResponse(options, model, [...output, ...open], progress);
  }

  function announce(type: string, response = encode()): WireEvent {
    return { type, sequence_number: next(), response };
  }

  /** Announces that the response is in progress; once. */
  function begin(): WireEvent[] {
    if (state.phase === "made" || state.phase === "ended") return [];
    const isNew = state.phase === "unannounced";
    state = { phase: "made", item: undefined };
    return [...(isNew ? [announce("response.created")] : []), announce("response.in_progress")];
  }

  /** Begins an item; the one before it is settled. */
  function start(block: BlockStart, seal = options.seal): readonly WireEvent[] {
    const item = createItemWriter(block, { ...options, seal, index: output.length, next });
    state = { phase: "made", item };
    return item.start();
  }

  /** Ends the item that is open, if any. */
  function settle(status: "completed" | "incomplete"): readonly WireEvent[] {
    if (state.phase !== "made" || state.item === undefined) return [];
    const { item } = state;
    state = { phase: "made", item: undefined };
    const events = item.finish(status);
    output.push(item.toItem(status));
    return events;
  }

  function writeSummary(): readonly WireEvent[] {
    const sealed = options.summary?.();
    if (sealed === undefined) return [];
    return [...start({ kind: "text" }, () => sealed), ...settle("completed")];
  }

  function endWith(end: ResponseEnd): WireEvent {
    state = { phase: "ended", end };
    writer.ended = true;
    // There is no event for a cancelled response; SDKs refuse events that they do not know.
    return announce(end.status === "cancelled" ? "response.failed" : `response.${end.status}`);
  }

  /** Ends the response before its time; what is open stays in the output as incomplete. */
  function breakOff(end: ResponseEnd): WireEvent[] {
    if (state.phase === "ended") return [];
    const events = begin();
    if (state.phase === "made" && state.item !== undefined) output.push(state.item.toItem("incomplete"));
    return [...events, endWith(end)];
  }

  const writer: Mutable<ResponseWriter> = {
    ended: false,
    queue() {
      if (state.phase !== "unannounced") return [];
      state = { phase: "queued" };
      return [announce("response.created"), announce("response.queued")];
    },
    push(event) {
      if (state.phase === "ended") return [];
      const item = state.phase === "made" ? state.item : undefined;
      switch (event.type) {
        case "response-start":
          model = event.model;
          return [...begin(), ...writeSummary()];
        case "block-start":
          return [...settle("completed"), ...start(event.block)];
        case "block-delta":
          return item?.push(event.text) ?? [];
        case "block-end":
          // Whether text is complete shows only with what follows; a call that ended is complete.
          return item?.kind === "tool-call" ? settle("completed") : (item?.end() ?? []);
        default: {
          const end = toResponseEnd(event.reason, event.usage, options.now());
          return [...settle(end.status === "completed" ? "completed" : "incomplete"), endWith(end)];
        }
      }
    },
    heartbeat() {
      if (state.phase === "ended") return [];
      if (state.phase !== "made") return begin();
      return [announce("response.in_progress", encode(state.item?.shown()))];
    },
    fail: (error) => breakOff({ status: "failed", error: encodeFailure(error) }),
    cancel: () => breakOff({ status: "cancelled" }),
    response: () => encode(),
  };
  return writer;
}
