import type { ResponseWriter } from "../dialects/openai-responses/index.ts";
import type { EventBatch } from "../model/events.ts";

/** Shows a writer what passes by. */
export async function* writeThrough(events: AsyncIterable<EventBatch>, writer: ResponseWriter) {
  for await (const batch of events) {
    for (const event of batch) writer.push(event);
    yield batch;
  }
}
