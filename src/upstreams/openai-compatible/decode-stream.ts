import type { EventBatch } from "../../model/events.ts";
import type { Mutable } from "../../model/mutable.ts";
import { createAnswerReader, type DecodeOptions } from "./answer-reader.ts";
import { createEventReader, type BodyPiece } from "./event-reader.ts";
import type { UpstreamFailure } from "./failure.ts";
import type { JsonObject } from "./read-json.ts";

/**
 * Understands the body of a streamed answer. Nothing throws: what was there before a failure is given as events, and
 * then `failure` is to be thrown.
 */
export interface StreamDecoder {
  /** The events that these bytes complete. Ignored once the answer has finished or failed. */
  push(bytes: Uint8Array): EventBatch;
  /**
   * The body is over, or its connection broke: the answer is whole if the server had said why it ended, whatever became of the
   * rest. Call once.
   */
  end(): EventBatch;
  /** The server said why the answer ended: only usage may follow, and a silence from here on is no failure. */
  readonly ended: boolean;
  /** The answer is whole; the rest of the body need not be read. */
  readonly finished: boolean;
  readonly failure: UpstreamFailure | undefined;
  /** The build of the server that answers, where it says so. */
  readonly build: string | undefined;
  /** What OpenRouter wants back with the next turn. */
  readonly reasoningDetails: readonly JsonObject[];
}

/**
 * Creates the decoder of one answer to `POST /chat/completions` with `stream: true`, in any of the forms that servers give it:
 * events with or without `[DONE]`, usage anywhere, an error in mid-stream, the whole answer as JSON, or a page of a proxy.
 */
export function createStreamDecoder(options: DecodeOptions): StreamDecoder {
  const events = createEventReader();
  const answer = createAnswerReader(options);

  function read(piece: BodyPiece): void {
    if (piece.kind === "said") answer.say(piece.said);
    else if (piece.kind === "value") answer.push(piece.value, piece.from);
    else if (piece.kind === "done") answer.end();
    else if (piece.text.startsWith("<")) answer.fail("proxy");
    // What can't be read at the end was cut there.
    else if (!piece.atEnd) answer.fail("protocol");
  }

  function take(pieces: readonly BodyPiece[]): EventBatch {
    for (const piece of pieces) read(piece);
    decoder.ended = answer.ended;
    decoder.finished = answer.finished;
    decoder.failure = answer.failure;
    decoder.build = answer.build;
    return answer.take();
  }

  const decoder: Mutable<StreamDecoder> = {
    ended: false,
    finished: false,
    failure: undefined,
    build: undefined,
    reasoningDetails: answer.reasoningDetails,
    push: (bytes) => (answer.finished || answer.failure !== undefined ? [] : take(events.push(bytes))),
    end() {
      if (answer.finished || answer.failure !== undefined) return [];
      for (const piece of events.end()) read(piece);
      answer.end();
      return take([]);
    },
  };
  return decoder;
}
