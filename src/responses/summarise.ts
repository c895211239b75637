import { GatewayError } from "../errors.ts";
import type { ChatEvent, EventBatch } from "../model/events.ts";
import type { Source } from "../stream/source.ts";

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
export function summarise(events: Source<EventBatch>): Source<EventBatch> {
  const pieces: string[] = [];

  function toSummary(batch: EventBatch): ChatEvent[] {
    const out: ChatEvent[] = [];
    for (const event of batch) {
      if (event.type === "response-start") out.push(event);
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
        out.push(
          { type: "block-start", index: 0, block: { kind: "text" } },
          { type: "block-delta", index: 0, text: summary },
          { type: "block-end", index: 0 },
          { type: "finish", reason: { kind: "stop" }, usage },
        );
      }
    }
    return out;
  }

  return (sink) =>
    events((batch) => {
      const out = toSummary(batch);
      return out.length === 0 ? undefined : sink(out);
    });
}
