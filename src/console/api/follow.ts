import { createEventReader, type ServerEvent } from "../domain/server-events.ts";
import { open } from "./ask.ts";

/** Calls `onEvent` with each event of a stream of the gateway, and resolves at its end. Not by `EventSource`, which sends no token. */
export async function follow(
  path: string,
  signal: AbortSignal,
  onEvent: (event: ServerEvent) => void,
): Promise<void> {
  const { body } = await open(path, { signal });
  if (body === null) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const read = createEventReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const event of read(value)) onEvent(event);
  }
}
