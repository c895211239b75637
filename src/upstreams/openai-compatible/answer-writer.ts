import { createBlockWriter } from "../../model/block-writer.ts";
import type { ChatEvent, FinishReason, Usage } from "../../model/events.ts";
import { isEmptyObject, toCallName, type MergedCall } from "./call-merger.ts";

/** How calls are given. */
export type CallMode =
  /** While they come; a call that is cut for its length is given as far as it came. */
  | "stream"
  /** Each at once, when it has ended; one that is cut for its length is not given at all. */
  | "whole";

/** Writes the events of one answer in the order in which its parts began, whatever the order of their pieces. */
export interface AnswerWriter {
  write(kind: "text" | "reasoning", text: string): void;
  /** A call has begun. */
  open(call: MergedCall): void;
  /** Calls have grown. */
  grow(): void;
  /** Whether a call without a name has arguments: nobody can make it. */
  hasNamelessCall(): boolean;
  /** Ends the answer. Calls that were cut, where it ended for its length, are left out as far as they were not given yet. */
  finish(toReason: (hasCalls: boolean) => FinishReason, usage: Usage): void;
  /** Gives all text that is there, and no call that has not ended. */
  breakOff(): void;
  take(): ChatEvent[];
}

type Segment =
  | { readonly kind: "text" | "reasoning"; text: string }
  | { readonly kind: "call"; readonly call: MergedCall; begun: boolean };

/**
 * Creates the writer of one answer. Blocks can't be open side by side, so what begins while a call is not complete waits
 * for it.
 */
export function createAnswerWriter(options: {
  readonly model: string;
  readonly mode: CallMode;
  readonly newCallId: () => string;
}): AnswerWriter {
  const blocks = createBlockWriter(options.model);
  const queue: Segment[] = [];
  let calls = 0;

  function giveText(segment: Extract<Segment, { text: string }>, isOver: boolean): void {
    // Some servers cut a pair in two: its other half comes with the next delta.
    const half = isOver ? 0 : heldUnits(segment.text);
    const text = segment.text.slice(0, segment.text.length - half);
    segment.text = segment.text.slice(segment.text.length - half);
    blocks.write(segment.kind, text.toWellFormed());
  }

  function giveCall(segment: Extract<Segment, { kind: "call" }>, isOver: boolean): void {
    const { call } = segment;
    if (!segment.begun) {
      segment.begun = true;
      calls += 1;
      blocks.openToolCall(call.id ?? options.newCallId(), toCallName(call));
    }
    const text = call.progress.empty && isOver ? "{}" : call.arguments;
    const end = text.length - (isOver ? 0 : heldUnits(text));
    blocks.writeArguments(text.slice(0, end));
    // Only what was not given is kept: to look at all of it with each piece would take the square of the time.
    call.arguments = text.slice(end);
    if (isOver) blocks.close();
  }

  /** Gives what can be given now. */
  function pump(): void {
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      const isLast = queue.length === 1;
      if (head.kind !== "call") {
        giveText(head, !isLast);
        if (isLast) return;
      } else {
        // An empty object may be written before the arguments come, and a lone brace is what is left of a call that was cut.
        const { call } = head;
        const isOver = call.progress.complete && !isEmptyObject(call.arguments);
        if (isOver && call.name !== "") giveCall(head, true);
        else {
          const mayBegin = options.mode === "stream" && call.name !== "" && !call.progress.bare;
          if (mayBegin) giveCall(head, false);
          return;
        }
      }
      queue.shift();
    }
  }

  /** Whether the end of the answer fell into this call. */
  function isCut(segment: Extract<Segment, { kind: "call" }>): boolean {
    const { progress } = segment.call;
    return !progress.complete && (!progress.empty || segment === queue.at(-1));
  }

  return {
    write(kind, text) {
      if (text === "") return;
      const last = queue.at(-1);
      if (last !== undefined && last.kind !== "call" && last.kind === kind) last.text += text;
      else queue.push({ kind, text });
      pump();
    },
    open(call) {
      queue.push({ kind: "call", call, begun: false });
    },
    grow: pump,
    hasNamelessCall: () =>
      queue.some(
        (segment) => segment.kind === "call" && segment.call.name === "" && !segment.call.progress.empty,
      ),
    finish(toReason, usage) {
      const cutsCalls = toReason(false).kind === "length";
      for (const segment of queue) {
        if (segment.kind !== "call") giveText(segment, true);
        else if (segment.call.name === "") continue;
        else if (segment.begun || !cutsCalls || !isCut(segment)) giveCall(segment, true);
      }
      queue.length = 0;
      blocks.finish(toReason(calls > 0), usage);
    },
    breakOff() {
      for (const segment of queue) if (segment.kind !== "call") giveText(segment, true);
      queue.length = 0;
      blocks.close();
    },
    take: () => blocks.take(),
  };
}

/** How many units at the end of a text wait for what follows: the first half of a pair. */
function heldUnits(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? 1 : 0;
}
