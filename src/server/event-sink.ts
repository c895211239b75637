import type { FastifyReply } from "fastify";

import type { Config } from "../config.ts";
import type { Mutable } from "../model/mutable.ts";
import { sseType } from "../stream/sse.ts";

/** Why the head of a stream goes out. */
export type HeadCause = "told" | "held";

/** The writing end of one stream, whatever its lines are. */
export interface EventSink {
  /** True once the head is out: a status can no longer be chosen. */
  readonly committed: boolean;
  /** Writes, or holds text back while only `meaningless` text has come. False: wait for `drained`. */
  write(text: string, meaningful: boolean): boolean;
  /** Resolves when the client has read, or has left. One that reads nothing for five minutes is cut off. */
  drained(): Promise<void>;
  /** Writes the last text and ends the response. */
  end(text: string): void;
  /** Stops the timers. */
  release(): void;
}

const streamHeaders = {
  "cache-control": "no-cache, no-transform",
  // nginx and its kin would otherwise collect the stream before passing it on.
  "x-accel-buffering": "no",
};

/** A client that reads nothing for so long is gone, or means harm: its answer holds a connection to the upstream. */
const stalledMs = 300_000;

/** The head is held, with the text behind it, until its time is up; or it is out, and silence is filled. */
type State =
  | { readonly phase: "held"; text: string; readonly hold: NodeJS.Timeout }
  | { readonly phase: "sent"; readonly beat: NodeJS.Timeout };

/** Creates the sink of a reply, with its clock for the held head and the heartbeats. */
export function createEventSink(
  reply: FastifyReply,
  options: {
    /** Default: server-sent events. */
    readonly contentType?: string | undefined;
    readonly heartbeat: () => string;
    readonly config: Pick<Config, "RESPONSE_HOLD_MS" | "HEARTBEAT_MS">;
    /** Asked for when the head goes out: behind something that is to be told (`told`), or because its time is up (`held`). */
    readonly lateHeaders?: ((head: HeadCause) => Readonly<Record<string, string>>) | undefined;
  },
): EventSink {
  const { raw } = reply;
  const { heartbeat, config, lateHeaders, contentType = sseType } = options;
  const hold = setTimeout(() => {
    // An empty write would not send the head.
    if (!raw.destroyed) raw.write(commit("held") || heartbeat());
  }, config.RESPONSE_HOLD_MS);
  let state: State = { phase: "held", text: "", hold };

  /** Sends the head, if it is not out yet; gives what was held back with it. */
  function commit(cause: HeadCause): string {
    if (state.phase === "sent") return "";
    const { text } = state;
    clearTimeout(state.hold);
    sink.committed = true;
    reply.hijack();
    const headers = {
      ...reply.getHeaders(),
      ...lateHeaders?.(cause),
      ...streamHeaders,
      "content-type": contentType,
    };
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) raw.setHeader(name, value);
    }
    raw.writeHead(200);
    const beat = setInterval(() => {
      if (!raw.destroyed && !raw.writableNeedDrain) raw.write(heartbeat());
    }, config.HEARTBEAT_MS);
    state = { phase: "sent", beat };
    return text;
  }

  const sink: Mutable<EventSink> = {
    committed: false,
    write(text, meaningful) {
      if (raw.destroyed) return true;
      if (state.phase === "held" && !meaningful) {
        state.text += text;
        return true;
      }
      const all = commit("told") + text;
      if (all === "") return true;
      if (state.phase === "sent") state.beat.refresh();
      return raw.write(all);
    },
    drained() {
      return new Promise((resolve) => {
        // Without a socket it waits for an earlier answer to the same client, who may well be reading that.
        const stalled = setInterval(() => {
          if (raw.socket !== null) raw.destroy();
        }, stalledMs);
        function done(): void {
          clearInterval(stalled);
          raw.off("drain", done);
          raw.off("close", done);
          resolve();
        }
        raw.on("drain", done);
        raw.on("close", done);
        if (raw.destroyed || !raw.writableNeedDrain) done();
        // Node 26.9 and 26.10 forget the event when text has many more bytes than characters (Chinese, emoji). This is
        // called back when all that was written before is with the operating system.
        else raw.write("", done);
      });
    },
    end(text) {
      if (raw.destroyed) return;
      const all = commit("told") + text;
      // Nothing follows the end, though the upstream may still be read.
      sink.release();
      raw.end(all);
    },
    release() {
      if (state.phase === "held") clearTimeout(state.hold);
      else clearInterval(state.beat);
    },
  };
  return sink;
}
