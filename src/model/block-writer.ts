import type { BlockStart, ChatEvent, FinishReason, GeneratedImage, Usage } from "./events.ts";

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

/** A class, since an answer has several and their methods are then made once for all. */
class Writer implements BlockWriter {
  blockCount = 0;
  finished = false;
  readonly #model: string;
  #pending: ChatEvent[] = [];
  #open: BlockStart["kind"] | undefined = undefined;
  #started = false;
  #joined = "";

  constructor(model: string) {
    this.#model = model;
  }

  write(kind: "text" | "reasoning", text: string): void {
    if (text === "") return;
    if (this.#open !== kind) this.#openBlock({ kind });
    this.#append(text);
  }

  writeImage(image: GeneratedImage, markdown: string): void {
    this.#openBlock({ kind: "text", image });
    this.#append(markdown);
    this.close();
  }

  openToolCall(callId: string, name: string): void {
    this.#openBlock({ kind: "tool-call", callId, name });
  }

  writeArguments(text: string): void {
    if (this.#open !== "tool-call") throw new Error("No tool call is open.");
    this.#append(text);
  }

  close(): void {
    if (this.#open === undefined) return;
    this.#flush();
    this.#open = undefined;
    this.#pending.push({ type: "block-end", index: this.blockCount - 1 });
  }

  finish(reason: FinishReason, usage: Usage): void {
    this.#start();
    this.close();
    this.finished = true;
    this.#pending.push({ type: "finish", reason, usage });
  }

  take(): ChatEvent[] {
    this.#flush();
    const events = this.#pending;
    this.#pending = [];
    return events;
  }

  #flush(): void {
    if (this.#joined === "") return;
    this.#pending.push({ type: "block-delta", index: this.blockCount - 1, text: this.#joined });
    this.#joined = "";
  }

  #append(text: string): void {
    this.#joined += text;
    if (this.#joined.length >= joinedLimit) this.#flush();
  }

  #start(): void {
    if (this.finished) throw new Error("The response is finished; nothing may follow.");
    if (this.#started) return;
    this.#started = true;
    this.#pending.push({ type: "response-start", model: this.#model });
  }

  #openBlock(block: BlockStart): void {
    this.#start();
    this.close();
    this.#open = block.kind;
    this.#pending.push({ type: "block-start", index: this.blockCount, block });
    this.blockCount += 1;
  }
}

/** Creates a writer. `model` goes into `response-start`, which precedes the first other event. */
export function createBlockWriter(model: string): BlockWriter {
  return new Writer(model);
}
