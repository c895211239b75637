import type { ChatEvent, Usage } from "../../model/events.ts";
import type { Mutable } from "../../model/mutable.ts";
import { createAnswerWriter, type CallMode } from "./answer-writer.ts";
import { createCallMerger, readCallPiece } from "./call-merger.ts";
import { decodeErrorValue } from "./decode-error.ts";
import { describeFailure } from "./describe-failure.ts";
import type { FailureReason, UpstreamFailure } from "./failure.ts";
import { toFinishFailure, toFinishReason } from "./finish-reason.ts";
import { readContent, type ContentPiece } from "./read-content.ts";
import { isErrorBody } from "./read-error-body.ts";
import { asCount, asList, asObject, asText, type JsonObject } from "./read-json.ts";
import { readUsage } from "./read-usage.ts";
import { createReasoningDetails } from "./reasoning-details.ts";

/** What reading an answer takes. */
export interface DecodeOptions {
  /** The upstream's name, as it stands in messages. */
  readonly upstream: string;
  /** The model's id for `response-start`. */
  readonly model: string;
  readonly calls: CallMode;
  /** Makes an id that is unique across conversations, for calls whose own can't be used. */
  readonly newCallId: () => string;
  /** Ms since the epoch. */
  readonly now: () => number;
  /** Names of the tools that were offered; they help where pieces of calls are ambiguous. */
  readonly tools?: ReadonlySet<string> | undefined;
  /** Those of the request: the one that ended the answer is named where the server says so (vLLM, SGLang). */
  readonly stopSequences?: readonly string[] | undefined;
}

/** Reads the values of one answer: its chunks, or itself. Nothing throws: a failure is part of the state. */
export interface AnswerReader {
  /** Takes a chunk, an answer or an error. Ignored once the answer has finished or failed. */
  push(value: unknown, from: "event" | "error" | "body"): void;
  /** Takes what a chunk says that says nothing else. Ignored as in `push`. */
  say(said: ContentPiece): void;
  /** Nothing more comes: finishes if the server said why the answer ended, else the answer was cut. */
  end(): void;
  fail(reason: FailureReason, words?: string): void;
  take(): ChatEvent[];
  /** Whether a value came. */
  readonly begun: boolean;
  /** The answer's end was said; only usage may follow. */
  readonly ended: boolean;
  readonly finished: boolean;
  readonly failure: UpstreamFailure | undefined;
  /** The server's `system_fingerprint`. */
  readonly build: string | undefined;
  /** OpenRouter's, for the next turn. */
  readonly reasoningDetails: readonly JsonObject[];
}

/** Creates the reader of one answer. */
export function createAnswerReader(options: DecodeOptions): AnswerReader {
  const writer = createAnswerWriter({ ...options, mode: options.calls });
  const merger = createCallMerger(options.tools);
  const details = createReasoningDetails();
  let usage: Usage = { estimated: false };
  let word: string | undefined;
  let stopSequence: string | undefined;

  function isOver(): boolean {
    return reader.finished || reader.failure !== undefined;
  }

  function failWith(failure: UpstreamFailure): void {
    if (isOver()) return;
    writer.breakOff();
    reader.failure = failure;
  }

  function readCalls(message: JsonObject, form: "pieces" | "whole"): void {
    const entries = [...asList(message["tool_calls"]), message["function_call"]];
    const pieces = entries.flatMap((entry) => readCallPiece(entry) ?? []);
    if (pieces.length === 0) return;
    for (const call of merger.push(pieces, form)) writer.open(call);
    writer.grow();
  }

  function readChoice(choice: JsonObject): void {
    const delta = asObject(choice["delta"]);
    const message = asObject(choice["message"]);
    const isWhole = message !== undefined && (delta === undefined || Object.keys(delta).length === 0);
    const said = (isWhole ? message : delta) ?? { content: choice["text"] };
    for (const { kind, text } of readContent(said)) writer.write(kind, text);
    details.push(said["reasoning_details"]);
    readCalls(said, isWhole ? "whole" : "pieces");
    word = asText(choice["finish_reason"]) ?? word;
    reader.ended = word !== undefined;
    const matched = asText(choice["stop_reason"]) ?? asText(choice["matched_stop"]);
    if (matched !== undefined && options.stopSequences?.includes(matched) === true) stopSequence = matched;
  }

  function readError(value: unknown): void {
    failWith(decodeErrorValue(value, { upstream: options.upstream, now: options.now() }));
  }

  const reader: Mutable<AnswerReader> = {
    begun: false,
    ended: false,
    finished: false,
    failure: undefined,
    build: undefined,
    reasoningDetails: details.all,
    push(value, from) {
      const body = asObject(value);
      if (isOver()) return;
      if (body === undefined) {
        if (from === "body") reader.fail("protocol");
        return;
      }
      const choices = asList(body["choices"]).map(asObject);
      // We never ask for more than one.
      const choice = choices.find((one) => one !== undefined && (asCount(one["index"]) ?? 0) === 0);
      usage = readUsage(body["usage"]) ?? readUsage(asObject(body["x_groq"])?.["usage"]) ?? usage;
      if (choice !== undefined) {
        reader.begun = true;
        reader.build ??= asText(body["system_fingerprint"]);
        readChoice(choice);
      }
      if (from === "error" || isErrorBody(body)) readError(body);
      else if (choice !== undefined && isErrorBody(choice)) readError({ error: choice["error"] });
      else if (from === "body" && choice === undefined) reader.fail("protocol");
      // A whole answer has ended, whether it says why or not.
      else if (from === "body") word ??= "stop";
    },
    say({ kind, text }) {
      if (!isOver()) writer.write(kind, text);
    },
    end() {
      if (isOver()) return;
      const failing = word === undefined ? "truncated" : toFinishFailure(word);
      if (word === undefined || failing !== undefined) {
        reader.fail(failing ?? "truncated");
        return;
      }
      const ending = word;
      const toReason = (hasCalls: boolean) => ({
        ...toFinishReason(ending, hasCalls),
        ...(stopSequence === undefined ? {} : { stopSequence }),
      });
      if (writer.hasNamelessCall() && toReason(false).kind !== "length") {
        reader.fail("output-unparsable", "a tool call came without the name of its tool");
        return;
      }
      writer.finish(toReason, usage);
      reader.finished = true;
    },
    fail(reason, words) {
      failWith(describeFailure(reason, { upstream: options.upstream, words }));
    },
    take: () => writer.take(),
  };
  return reader;
}
