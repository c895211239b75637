import { encodeSseEvent } from "../../stream/sse.ts";
import type { StreamEncoder } from "../dialect.ts";
import type { ResponseWriter } from "./response-writer.ts";
import type { ResponseObject, WireEvent } from "./wire.ts";

/** The frame of one event. OpenAI ends a stream with its terminal event and sends no `[DONE]` here. */
export function encodeWireEvent(event: WireEvent): string {
  return encodeSseEvent(event.type, JSON.stringify(event));
}

/**
 * Creates the encoder of a response's stream. `onEnd` gets the final response just before its terminal
 * frame is given out.
 */
export function createStreamEncoder(
  writer: ResponseWriter,
  onEnd: (response: ResponseObject) => void,
): StreamEncoder {
  function encode(events: readonly WireEvent[]): string {
    let text = "";
    for (const event of events) text += encodeWireEvent(event);
    if (events.length > 0 && writer.ended) onEnd(writer.response());
    return text;
  }

  return {
    push: (event) => encode(writer.push(event)),
    heartbeat: () => encode(writer.heartbeat()),
    fail: (error) => encode(writer.fail(error)),
  };
}
