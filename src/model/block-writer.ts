import type { BlockStart, ChatEvent, FinishReason, GeneratedImage, Usage } from "./events.ts";
import type { Mutable } from "./mutable.ts";

/** Deltas of one batch are joined up to this many characters: a frame must not grow without bound. */
const joinedLimit = 16_384;

/**
 * Writes canonical events so that an illegal order cannot be expressed: blocks are opened and closed
 * here, deltas of another kind close the open block first, and nothing follows the finish.
 *
 * Pieces of one block between two `take`s come out as one delta. An upstream that writes faster than it is read
 * brings hundreds of tokens in one read; one frame for all of them costs a fraction of one for each.
 */
export interface BlockWriter {
  /** Appends text or reasoning, opening a block of that kind if another (or none) is open. Empty text is nothing. */
  write(kind: "text" | "reasoning", text: string): void;
  /** Gives a picture a text block of its own; `markdown` shows it. */
  writeImage(image: GeneratedImage, markdown: string): void;
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
  let started = false;
  let joined = "";

  function flush(): void {
    if (joined === "") return;
    pending.push({ type: "block-delta", index: writer.blockCount - 1, text: joined });
    joined = "";
  }

  function append(text: string): void {
    joined += text;
    if (joined.length >= joinedLimit) flush();
  }

  function start(): void {
    if (writer.finished) throw new Error("The response is finished; nothing may follow.");
    if (started) return;
    started = true;
    pending.push({ type: "response-start", model });
  }

  function close(): void {
    if (open === undefined) return;
    flush();
    open = undefined;
    pending.push({ type: "block-end", index: writer.blockCount - 1 });
  }

  function openBlock(block: BlockStart): void {
    start();
    close();
    open = block.kind;
    pending.push({ type: "block-start", index: writer.blockCount, block });
    writer.blockCount += 1;
  }

  const writer: Mutable<BlockWriter> = {
    blockCount: 0,
    finished: false,
    write(kind, text) {
      if (text === "") return;
      if (open !== kind) openBlock({ kind });
      append(text);
    },
    writeImage(image, markdown) {
      openBlock({ kind: "text", image });
      append(markdown);
      close();
    },
    openToolCall(callId, name) {
      openBlock({ kind: "tool-call", callId, name });
    },
    writeArguments(text) {
      if (open !== "tool-call") throw new Error("No tool call is open.");
      append(text);
    },
    close,
    finish(reason, usage) {
      start();
      close();
      writer.finished = true;
      pending.push({ type: "finish", reason, usage });
    },
    take() {
      flush();
      const events = pending;
      pending = [];
      return events;
    },
  };
  return writer;
}
