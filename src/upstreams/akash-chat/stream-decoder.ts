import { GatewayError } from "../../errors.ts";
import { createBlockWriter, type BlockWriter } from "../../model/block-writer.ts";
import type { ChatEvent, Usage } from "../../model/events.ts";
import { createNativeCallError } from "./decode-error-text.ts";

/** Understands one form of the upstream's stream, line by line. Nothing throws: a failure is part of the state. */
export interface StreamDecoder {
  /** Takes a line without its end. Ignored once the answer has finished or failed. */
  push(line: string): void;
  /** The stream is over. */
  end(): void;
  /** The events since the last `take`; to be emitted before `failure` is thrown. */
  take(): ChatEvent[];
  readonly finished: boolean;
  readonly failure: GatewayError | undefined;
}

/**
 * What both forms of the stream write to: canonical events with joined surrogates, one end, one failure. A class, since one is made for
 * each request.
 */
export class AnswerWriter {
  /** Finished or failed: nothing more is taken. */
  done = false;
  finished = false;
  failure: GatewayError | undefined = undefined;
  readonly #blocks: BlockWriter;
  #half = "";
  #halfKind: "text" | "reasoning" = "text";

  constructor(model: string) {
    this.#blocks = createBlockWriter(model);
  }

  write(kind: "text" | "reasoning", text: string): void {
    if (this.done || text === "") return;
    if (this.#half !== "" && kind !== this.#halfKind) this.#dropHalf();
    let whole = this.#half + text;
    this.#half = "";
    const last = whole.charCodeAt(whole.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      // The upstream's back end cut a pair in two: its other half comes with the next delta.
      this.#half = whole.slice(-1);
      this.#halfKind = kind;
      whole = whole.slice(0, -1);
    }
    this.#blocks.write(kind, whole.toWellFormed());
  }

  /** Ends the answer by the upstream's own word. Words that mean a failure become one. */
  finish(word: string, usage: Usage): void {
    if (this.done) return;
    this.#dropHalf();
    const problem = toProblem(word, this.#blocks.blockCount > 0);
    if (problem !== undefined) {
      this.fail(problem);
      return;
    }
    this.#blocks.finish({ kind: toFinishKind(word), raw: word }, usage);
    this.finished = true;
    this.done = true;
  }

  fail(error: GatewayError): void {
    if (this.done) return;
    this.#dropHalf();
    this.#blocks.close();
    this.failure = error;
    this.done = true;
  }

  take(): ChatEvent[] {
    return this.#blocks.take();
  }

  /** Whether anything was written. */
  hasText(): boolean {
    return this.#blocks.blockCount > 0 || this.#half !== "";
  }

  /** A half that found no other half is unreadable for many JSON parsers, so it is replaced. */
  #dropHalf(): void {
    if (this.#half === "") return;
    this.#half = "";
    this.#blocks.write(this.#halfKind, "\uFFFD");
  }
}

/** The error of a stream that broke off: a lost end must never look like an end. */
export function createTruncatedError(hasText: boolean): GatewayError {
  return new GatewayError(
    "upstream-truncated",
    hasText
      ? "Akash Chat's answer broke off before its end."
      : "Akash Chat answered with nothing: its model's back end failed or cut the answer.",
  );
}

function toProblem(word: string, hasText: boolean): GatewayError | undefined {
  switch (word) {
    case "unknown":
      // The back end closed its stream without a reason: proven to mean a failed or cut answer.
      return createTruncatedError(hasText);
    case "error":
      return new GatewayError("upstream-unavailable", "The model's back end failed while it answered.");
    case "tool-calls":
      // No tools are ever offered to the upstream, so without text there is no answer.
      return hasText ? undefined : createNativeCallError(undefined);
    default:
      return undefined;
  }
}

function toFinishKind(word: string): "stop" | "length" | "content-filter" | "other" {
  switch (word) {
    case "length":
    case "content-filter":
      return word;
    case "stop":
    case "tool-calls":
      return "stop";
    default:
      return "other";
  }
}
