import type { BlockStart, ChatEvent, FinishReason, Usage } from "./events.ts";

/**
 * Writes canonical events so that an illegal order cannot be expressed: blocks are opened and closed
 * here, deltas of another kind close the open block first, and nothing follows the finish.
 */
export interface BlockWriter {
  /** Appends text or reasoning, opening a block of that kind if another (or none) is open. Empty text is nothing. */
  write(kind: "text" | "reasoning", text: string): void;
  /** Closes what is open and opens a tool call. */
  openToolCall(callId: string, name: string): void;
  /** Appends argument text to the open tool call. Throws `Error` if none is open. */
  writeArguments(text: string): void;
  /** Closes the open block, if any. */
  close(): void;
  /** Closes the open block and ends the response. Throws `Error` when called twice. */
  finish(reason: FinishReason, usage: Usage): void;
  /** The events since the last `take`. */
  take(): ChatEvent[];
  /** How many blocks were opened so far. */
  readonly blockCount: number;
  readonly finished: boolean;
}

/** Creates a writer. `model` goes into `response-start`, which precedes the first other event. */
export function createBlockWriter(model: string): BlockWriter {
  let pending: ChatEvent[] = [];
  let open: BlockStart["kind"] | undefined;
  let count = 0;
  let started = false;
  let finished = false;

  function start(): void {
    if (finished) throw new Error("The response is finished; nothing may follow.");
    if (started) return;
    started = true;
    pending.push({ type: "response-start", model });
  }

  function close(): void {
    if (open === undefined) return;
    open = undefined;
    pending.push({ type: "block-end", index: count - 1 });
  }

  function openBlock(block: BlockStart): void {
    start();
    close();
    open = block.kind;
    pending.push({ type: "block-start", index: count, block });
    count += 1;
  }

  return {
    write(kind, text) {
      if (text === "") return;
      if (open !== kind) openBlock({ kind });
      pending.push({ type: "block-delta", index: count - 1, text });
    },
    openToolCall(callId, name) {
      openBlock({ kind: "tool-call", callId, name });
    },
    writeArguments(text) {
      if (open !== "tool-call") throw new Error("No tool call is open.");
      if (text !== "") pending.push({ type: "block-delta", index: count - 1, text });
    },
    close,
    finish(reason, usage) {
      start();
      close();
      finished = true;
      pending.push({ type: "finish", reason, usage });
    },
    take() {
      const events = pending;
      pending = [];
      return events;
    },
    get blockCount() {
      return count;
    },
    get finished() {
      return finished;
    },
  };
}
