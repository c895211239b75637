import type { ResponseWriter } from "../dialects/openai-responses/index.ts";
import type { EventBatch } from "../model/events.ts";
import type { Source } from "../stream/source.ts";

/** Shows a writer what passes by. */
export function writeThrough(events: Source<EventBatch>, writer: ResponseWriter): Source<EventBatch> {
  return (sink) =>
    events((batch) => {
      for (const event of batch) writer.push(event);
      return sink(batch);
    });
}
