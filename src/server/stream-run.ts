import type { FastifyReply } from "fastify";

import { encodeWireEvent } from "../dialects/openai-responses/index.ts";
import type { Config } from "../config.ts";
import { encodeSseComment } from "../stream/sse.ts";
import { createEventSink } from "./event-sink.ts";
import type { BackgroundRun } from "../responses/response-service.ts";

/** What `streamRun` needs. */
export interface StreamRunOptions {
  readonly run: BackgroundRun;
  /** Number of the last event that the client has; -1 for none. */
  readonly startingAfter: number;
  readonly config: Pick<Config, "RESPONSE_HOLD_MS" | "HEARTBEAT_MS">;
  readonly signal: AbortSignal;
}

/**
 * Streams a run's events, those that were and those to come. A client that leaves does not end the run; the stop of the
 * gateway ends both, and the run first.
 */
export async function streamRun(reply: FastifyReply, options: StreamRunOptions): Promise<void> {
  const { run, startingAfter, signal } = options;
  const { facts } = reply.request;
  facts.stream = true;
  facts.waitFor("background-response");
  let sent = startingAfter + 1;

  /** What was not sent yet. */
  function take(): string {
    const text = run.events.slice(sent).map(encodeWireEvent).join("");
    sent = Math.max(sent, run.events.length);
    return text;
  }

  const sink = createEventSink(reply, {
    heartbeat() {
      run.beat();
      // Empty for who asked for later events than there are.
      return take() || encodeSseComment("keep-alive");
    },
    config: options.config,
    lateHeaders: (head) => facts.headersFor(head),
  });
  try {
    while (!signal.aborted) {
      const text = take();
      facts.move();
      if (run.ended) {
        sink.end(text);
        return;
      }
      if (!sink.write(text, true)) await sink.drained();
      await run.changed(sent, signal);
    }
    // Without its end a stream must not look complete.
    if (run.ended) sink.end(take());
    else reply.raw.destroy();
  } finally {
    sink.release();
  }
}
