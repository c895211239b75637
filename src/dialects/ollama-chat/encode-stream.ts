import type { BlockStart } from "../../model/events.ts";
import { encodeNdjson, ndjsonType } from "../../stream/ndjson.ts";
import type { StreamEncoder } from "../dialect.ts";
import { encodeOllamaErrorLine } from "../encode-ollama-error.ts";
import { createTextJoiner } from "../join-texts.ts";
import { createLineHead, encodeOllamaCall, encodeOllamaEnd, type OllamaClock } from "../ollama-answer.ts";

/** What a stream of lines is made from. */
export interface LineStreamOptions {
  /** The model as the client wrote it. */
  readonly model: string;
  readonly clock: OllamaClock;
}

/**
 * Creates the encoder of the lines of `POST /api/chat`: a line for each piece of text or thinking, one for each call, which Ollama gives
 * whole, and the last with `done`. In silence it gives a line without content: clients warn of an empty one.
 */
export function createStreamEncoder({ model, clock }: LineStreamOptions): StreamEncoder {
  const head = createLineHead(model, clock.now);
  const joiner = createTextJoiner();
  let open: BlockStart | undefined;
  /** The argument text of the call that is open. */
  let pieces: string[] = [];
  let calls = 0;
  let first: number | undefined;

  function encodeLine(field: string, value: string): string {
    return encodeNdjson(`${head()}"message":{"role":"assistant",${field}${value}},"done":false}`);
  }

  function endCall(call: Extract<BlockStart, { kind: "tool-call" }>): string {
    const encoded = encodeOllamaCall(call, pieces.join(""), calls);
    calls += 1;
    pieces = [];
    joiner.part();
    return encodeLine('"content":"","tool_calls":', JSON.stringify([encoded]));
  }

  return {
    contentType: ndjsonType,
    push(event) {
      switch (event.type) {
        case "response-start":
          return "";
        case "block-start":
          first ??= clock.elapsed();
          open = event.block;
          return "";
        case "block-delta":
          if (open?.kind === "text") return encodeLine('"content":', JSON.stringify(joiner.push(event.text)));
          if (open?.kind === "reasoning") {
            return encodeLine('"content":"","thinking":', JSON.stringify(event.text));
          }
          pieces.push(event.text);
          return "";
        case "block-end": {
          const line = open?.kind === "tool-call" ? endCall(open) : "";
          open = undefined;
          return line;
        }
        default: {
          const end = clock.elapsed();
          const last = JSON.stringify(
            encodeOllamaEnd(event.reason, event.usage, { first: first ?? end, end }),
          );
          return encodeNdjson(`${head()}"message":{"role":"assistant","content":""},${last.slice(1)}`);
        }
      }
    },
    heartbeat: () => encodeLine('"content":', '""'),
    fail: encodeOllamaErrorLine,
  };
}
