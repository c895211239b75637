import { z } from "zod";

import { GatewayError } from "../../errors.ts";
import { decodeErrorText } from "./decode-error-text.ts";
import { readUsage } from "./read-finish.ts";
import { createAnswerWriter, createTruncatedError, type StreamDecoder } from "./stream-decoder.ts";

const eventSchema = z.object({
  type: z.string(),
  delta: z.string().optional().catch(undefined),
  text: z.string().optional().catch(undefined),
  errorText: z.string().optional().catch(undefined),
  finishReason: z.string().optional().catch(undefined),
  messageMetadata: z.object({ usage: z.unknown() }).optional().catch(undefined),
});

/**
 * Decodes the UI message stream of AI SDK v5 and later: server-sent events whose data is one JSON object each,
 * `[DONE]` at the end. The upstream does not send it today; its application is one update away from it.
 * `finish` needs no reason there: none means stop.
 */
export function createEventStreamDecoder(model: string): StreamDecoder {
  const answer = createAnswerWriter(model);
  let data: string[] = [];

  function dispatch(): void {
    if (data.length === 0) return;
    const text = data.join("\n");
    data = [];
    if (text === "[DONE]") {
      if (!answer.done) answer.fail(createTruncatedError(answer.hasText()));
      return;
    }
    pushEvent(text);
  }

  function pushEvent(text: string): void {
    const event = parseEvent(text);
    if (event === undefined) {
      answer.fail(
        new GatewayError("upstream-protocol", "Akash Chat sent an event that cannot be read.", {
          cause: new Error(`an event of ${text.length} characters`),
        }),
      );
      return;
    }
    switch (event.type) {
      case "text-delta":
        answer.write("text", event.delta ?? "");
        break;
      case "reasoning-delta":
        answer.write("reasoning", event.delta ?? "");
        break;
      case "reasoning":
        answer.write("reasoning", event.text ?? "");
        break;
      case "error":
        answer.fail(decodeErrorText(event.errorText ?? "[object Object]"));
        break;
      case "abort":
        answer.fail(createTruncatedError(answer.hasText()));
        break;
      case "finish":
        answer.finish(event.finishReason ?? "stop", readUsage(event.messageMetadata?.usage));
        break;
      default:
        // Starts and ends of blocks and steps, tools, sources, files, data: nothing for us.
        break;
    }
  }

  return Object.assign(answer, {
    push(line: string) {
      if (answer.done) return;
      if (line === "") dispatch();
      else if (line.startsWith("data:")) data.push(line.slice(line.charAt(5) === " " ? 6 : 5));
    },
    end() {
      dispatch();
      if (!answer.done) answer.fail(createTruncatedError(answer.hasText()));
    },
  });
}

function parseEvent(text: string): z.output<typeof eventSchema> | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
