import { encodeNdjson, ndjsonType } from "../../stream/ndjson.ts";
import type { StreamEncoder } from "../dialect.ts";
import { encodeOllamaErrorLine } from "../encode-ollama-error.ts";
import { createLineHead, encodeOllamaEnd, type OllamaClock } from "../ollama-answer.ts";

/**
 * Creates the encoder of the lines of `POST /api/generate`: a line for each piece of text or thinking, and the last with `done`. In silence
 * it gives a line without text. `model` as the client wrote it.
 */
export function createStreamEncoder({
  model,
  clock,
}: {
  readonly model: string;
  readonly clock: OllamaClock;
}): StreamEncoder {
  const head = createLineHead(model, clock.now);
  let open: "text" | "reasoning" | undefined;
  let first: number | undefined;

  function encodeLine(fields: string): string {
    return encodeNdjson(`${head()}${fields},"done":false}`);
  }

  return {
    contentType: ndjsonType,
    push(event) {
      switch (event.type) {
        case "block-start":
          first ??= clock.elapsed();
          open = event.block.kind === "tool-call" ? undefined : event.block.kind;
          return "";
        case "block-delta":
          if (open === undefined) return "";
          return open === "text"
            ? encodeLine(`"response":${JSON.stringify(event.text)}`)
            : encodeLine(`"response":"","thinking":${JSON.stringify(event.text)}`);
        case "finish": {
          const end = clock.elapsed();
          const last = JSON.stringify(
            encodeOllamaEnd(event.reason, event.usage, { first: first ?? end, end }),
          );
          return encodeNdjson(`${head()}"response":"",${last.slice(1)}`);
        }
        default:
          return "";
      }
    },
    heartbeat: () => encodeLine('"response":""'),
    fail: encodeOllamaErrorLine,
  };
}
