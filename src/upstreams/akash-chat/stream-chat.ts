import { GatewayError } from "../../errors.ts";
import type { EventBatch } from "../../model/events.ts";
import { joinBytes } from "../../stream/join-bytes.ts";
import type { Sink } from "../../stream/source.ts";
import { createLineDecoder, LineTooLongError } from "../../stream/lines.ts";
import { createEventStreamDecoder } from "./decode-event-stream.ts";
import { createDataStreamDecoder } from "./decode-stream.ts";
import { joinTextLines } from "./join-text-lines.ts";
import type { Reply } from "../http/exchange.ts";
import type { StreamDecoder } from "./stream-decoder.ts";

/** The longest answer of a model takes a tenth of this; an upstream that never stops would fill the memory. */
const maxReplyBytes = 67_108_864;

/** Chooses the decoder by what the reply is, not by what was expected. Throws when it is no stream at all. */
function createDecoder(reply: Reply, model: string): StreamDecoder {
  const type = reply.header("content-type") ?? "";
  if (/^text\/event-stream\b/i.test(type) || reply.header("x-vercel-ai-ui-message-stream") !== undefined) {
    return createEventStreamDecoder(model);
  }
  if (/^text\/html\b/i.test(type)) {
    throw new GatewayError(
      "upstream-unavailable",
      "A web page came in place of Akash Chat's answer, probably from the network in front of it. The operator may need AKASH_COOKIE, AKASH_USER_AGENT or a proxy.",
      { shouldRetry: false },
    );
  }
  return createDataStreamDecoder(model, type);
}

/**
 * Decodes the body of a chat reply: one batch for each read that brings events. Ends after `finish`, or rejects.
 * A slow sink pauses the upstream's socket.
 */
export async function decodeReply(reply: Reply, model: string, sink: Sink<EventBatch>): Promise<void> {
  let replyBytes = 0;
  try {
    const decoder = createDecoder(reply, model);
    // All the thinking of a model is one line, so a line may be as long as the reply.
    const lines = createLineDecoder({ maxLineBytes: maxReplyBytes });

    function give(): Promise<void> | undefined {
      const events = decoder.take();
      // What comes behind the end need not be read.
      if (decoder.finished || decoder.failure !== undefined) reply.discard();
      return events.length === 0 ? undefined : sink(events);
    }

    await reply.read((pieces) => {
      const bytes = joinBytes(pieces);
      replyBytes += bytes.length;
      if (replyBytes > maxReplyBytes) throw createTooLongError();
      for (const line of lines.push(joinTextLines(bytes))) decoder.push(line);
      return give();
    });
    for (const line of lines.end()) decoder.push(line);
    decoder.end();
    await give();
    if (decoder.failure !== undefined) throw decoder.failure;
  } catch (cause) {
    if (!(cause instanceof LineTooLongError)) throw cause;
    throw createTooLongError(cause);
  } finally {
    reply.discard();
  }
}

function createTooLongError(cause?: unknown): GatewayError {
  return new GatewayError("upstream-protocol", "Akash Chat's answer is too long to be read.", { cause });
}
