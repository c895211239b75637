import { GatewayError } from "../errors.ts";
import type { EventBatch } from "../model/events.ts";

/** A summary that lacks its end is better than a conversation that can't go on; the model shall know of it. */
const cutNote = "\n[The notes were cut off here.]";

function nothingWritten(): GatewayError {
  const text = "The model wrote no summary of the conversation. Try again, or with another model.";
  return new GatewayError("output-invalid", text, { shouldRetry: true });
}

function noRoom(): GatewayError {
  const text =
    "The answer reached its limit before the summary of the conversation began. Raise 'max_output_tokens', or leave it out.";
  return new GatewayError("output-invalid", text, { param: "max_output_tokens" });
}

/**
 * Makes one block of an answer that is a summary, so that one item comes of it, and lets its end count as a good one when
 * only the limit was reached. Rejects with kind `output-invalid` when there are no words, `content-filtered` when
 * a filter ended it.
 */
export async function* summarise(
  events: AsyncIterable<EventBatch>,
): AsyncGenerator<EventBatch, void, undefined> {
  const pieces: string[] = [];
  for await (const batch of events) {
    for (const event of batch) {
      if (event.type === "response-start") yield [event];
      else if (event.type === "block-delta") pieces.push(event.text);
      else if (event.type === "finish") {
        const text = pieces.join("").trim();
        const { reason, usage } = event;
        if (reason.kind === "content-filter") {
          throw new GatewayError(
            "content-filtered",
            "A content filter ended the summary of the conversation.",
          );
        }
        if (text === "") {
          throw reason.kind === "length" ? noRoom() : nothingWritten();
        }
        const summary = reason.kind === "length" ? text + cutNote : text;
        yield [
          { type: "block-start", index: 0, block: { kind: "text" } },
          { type: "block-delta", index: 0, text: summary },
          { type: "block-end", index: 0 },
          { type: "finish", reason: { kind: "stop" }, usage },
        ];
      }
    }
  }
}
