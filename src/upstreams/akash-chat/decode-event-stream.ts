import { z } from "zod";

import { GatewayError } from "../../errors.ts";
import { decodeErrorText } from "./decode-error-text.ts";
import { readUsage } from "./read-finish.ts";
import { AnswerWriter, createTruncatedError, type StreamDecoder } from "./stream-decoder.ts";

const eventSchema = z.object({
  type: z.string(),
  delta: z.string().optional().catch(undefined),
  text: z.string().optional().catch(undefined),
  errorText: z.string().optional().catch(undefined),
  finishReason: z.string().optional().catch(undefined),
  messageMetadata: z.object({ usage: z.unknown() }).optional().catch(undefined),
});

/** A class, since one is made for each request. */
class EventStreamDecoder extends AnswerWriter implements StreamDecoder {
  #data: string[] = [];

  push(line: string): void {
    if (this.done) return;
    if (line === "") this.#dispatch();
    else if (line.startsWith("data:")) this.#data.push(line.slice(line.charAt(5) === " " ? 6 : 5));
  }

  end(): void {
    this.#dispatch();
    if (!this.done) this.fail(createTruncatedError(this.hasText()));
  }

  #dispatch(): void {
    if (this.#data.length === 0) return;
    const text = this.#data.join("\n");
    this.#data = [];
    if (text === "[DONE]") {
      if (!this.done) this.fail(createTruncatedError(this.hasText()));
      return;
    }
    this.#pushEvent(text);
  }

  #pushEvent(text: string): void {
    const event = parseEvent(text);
    if (event === undefined) {
      this.fail(
        new GatewayError("upstream-protocol", "Akash Chat sent an event that cannot be read.", {
          cause: new Error(`an event of ${text.length} characters`),
        }),
      );
      return;
    }
    switch (event.type) {
      case "text-delta":
        this.write("text", event.delta ?? "");
        break;
      case "reasoning-delta":
        this.write("reasoning", event.delta ?? "");
        break;
      case "reasoning":
        this.write("reasoning", event.text ?? "");
        break;
      case "error":
        this.fail(decodeErrorText(event.errorText ?? "[object Object]"));
        break;
      case "abort":
        this.fail(createTruncatedError(this.hasText()));
        break;
      case "finish":
        this.finish(event.finishReason ?? "stop", readUsage(event.messageMetadata?.usage));
        break;
      default:
        // Starts and ends of blocks and steps, tools, sources, files, data: nothing for us.
        break;
    }
  }
}

/**
 * Decodes the UI message stream of AI SDK v5 and later: server-sent events whose data is one JSON object each,
 * `[DONE]` at the end. The upstream does not send it today; its application is one update away from it.
 * `finish` needs no reason there: none means stop.
 */
export function createEventStreamDecoder(model: string): StreamDecoder {
  return new EventStreamDecoder(model);
}

function parseEvent(text: string): z.output<typeof eventSchema> | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
