import type { FastifyReply } from "fastify";

import type { Config } from "../../config.ts";
import { toGatewayError } from "../../errors.ts";
import { encodeSseComment, encodeSseEvent } from "../../stream/sse.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { encodeEdgeError } from "../encode-edge-error.ts";
import { createEventSink } from "../event-sink.ts";

/** What is followed, and how. */
export interface FollowOptions {
  readonly look: () => Promise<Readonly<Record<string, unknown>>>;
  /** From `clientSignal(reply)`. */
  readonly signal: AbortSignal;
  readonly config: Pick<Config, "RESPONSE_HOLD_MS" | "HEARTBEAT_MS">;
  readonly startTimer: StartTimer;
}

/** How often is looked, in ms. */
const lookMs = 1000;

/** Tells which fields are not as they were told last. */
function createDifference(): (
  status: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>> | undefined {
  const told = new Map<string, string>();
  return (status) => {
    const changed = Object.entries(status).filter(([name, value]) => {
      const text = JSON.stringify(value);
      if (told.get(name) === text) return false;
      told.set(name, text);
      return true;
    });
    return changed.length === 0 ? undefined : Object.fromEntries(changed);
  };
}

/**
 * Streams a status: an event `status` with all of it, then one with the fields that have changed, whenever some have. It ends when the
 * gateway begins to stop, by an event `error` when the caller may see it no longer, and rejects when it can't begin.
 */
export async function followStatus(reply: FastifyReply, options: FollowOptions): Promise<void> {
  const { look, signal, config, startTimer } = options;
  const { server, request } = reply;
  // It ends when the gateway begins to leave: then its connection shall not keep that waiting for another request.
  reply.header("connection", "close");
  const sink = createEventSink(reply, { heartbeat: () => encodeSseComment("keep-alive"), config });
  const differ = createDifference();
  const state: { isOver: boolean; wake?: () => void } = { isOver: false };

  function end(): void {
    state.isOver = true;
    state.wake?.();
  }

  /** Until the next look is due, or there is none any more. */
  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const stop = startTimer(lookMs, resolve);
      state.wake = () => {
        stop();
        resolve();
      };
      if (state.isOver) state.wake();
    });
  }

  const stay = server.whenLeaving(end);
  signal.addEventListener("abort", end, { once: true });
  try {
    while (!state.isOver) {
      const changes = differ(await look());
      request.facts.move();
      if (changes !== undefined && !sink.write(encodeSseEvent("status", JSON.stringify(changes)), true))
        await sink.drained();
      await pause();
    }
    sink.end("");
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (!sink.committed) throw error;
    request.facts.error = error.kind;
    request.facts.cause = error;
    sink.end(encodeSseEvent("error", JSON.stringify(encodeEdgeError(error, request).body)));
  } finally {
    stay();
    signal.removeEventListener("abort", end);
    sink.release();
  }
}
