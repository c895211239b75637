import { GatewayError } from "../../errors.ts";
import { createBlockWriter } from "../../model/block-writer.ts";
import type { ChatEvent, Usage } from "../../model/events.ts";
import type { Mutable } from "../../model/mutable.ts";
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

/** What both forms of the stream write to: canonical events with joined surrogates, one end, one failure. */
export interface AnswerWriter {
  write(kind: "text" | "reasoning", text: string): void;
  /** Ends the answer by the upstream's own word. Words that mean a failure become one. */
  finish(word: string, usage: Usage): void;
  fail(error: GatewayError): void;
  take(): ChatEvent[];
  /** Whether anything was written. */
  hasText(): boolean;
  /** Finished or failed: nothing more is taken. */
  readonly done: boolean;
  readonly finished: boolean;
  readonly failure: GatewayError | undefined;
}

/** Creates the writer of one answer. */
export function createAnswerWriter(model: string): AnswerWriter {
  const blocks = createBlockWriter(model);
  let half = "";
  let halfKind: "text" | "reasoning" = "text";

  /** A half that found no other half is unreadable for many JSON parsers, so it is replaced. */
  function dropHalf(): void {
    if (half === "") return;
    half = "";
    blocks.write(halfKind, "\uFFFD");
  }

  function write(kind: "text" | "reasoning", text: string): void {
    if (answer.done || text === "") return;
    if (half !== "" && kind !== halfKind) dropHalf();
    let whole = half + text;
    half = "";
    const last = whole.charCodeAt(whole.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      // The upstream's back end cut a pair in two: its other half comes with the next delta.
      half = whole.slice(-1);
      halfKind = kind;
      whole = whole.slice(0, -1);
    }
    blocks.write(kind, whole.toWellFormed());
  }

  function fail(error: GatewayError): void {
    if (answer.done) return;
    dropHalf();
    blocks.close();
    answer.failure = error;
    answer.done = true;
  }

  const answer: Mutable<AnswerWriter> = {
    done: false,
    finished: false,
    failure: undefined,
    write,
    fail,
    finish(word, usage) {
      if (answer.done) return;
      dropHalf();
      const problem = toProblem(word, blocks.blockCount > 0);
      if (problem !== undefined) {
        fail(problem);
        return;
      }
      blocks.finish({ kind: toFinishKind(word), raw: word }, usage);
      answer.finished = true;
      answer.done = true;
    },
    take: () => blocks.take(),
    hasText: () => blocks.blockCount > 0 || half !== "",
  };
  return answer;
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
