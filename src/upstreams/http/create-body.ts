import type { Dispatcher } from "undici";

import type { Sink } from "../../stream/source.ts";
import { createAbortError } from "./abort.ts";

/** The bytes of a reply's body. */
export interface ReadableBody {
  /**
   * Gives what has arrived, all pieces of one read of the socket at once, and then what comes. Resolves at the end, or when nothing more
   * is wanted; rejects with what the connection failed of, after what came before, or with what `take` threw. Call once.
   */
  read(take: Sink<readonly Uint8Array[]>): Promise<void>;
  /** Nothing more is wanted: what is about to end may do so, that its connection can be used again. */
  discard(): void;
}

/** The end of it at which the bytes arrive. */
export interface Body extends ReadableBody {
  push(chunk: Uint8Array): void;
  end(): void;
  /** The connection broke: what came before can still be read. */
  fail(error: Error): void;
  /** The caller left: nothing can be read any more. */
  cancel(error: Error): void;
}

/** Unread bytes at which the upstream's socket is paused. */
const highWaterMarkBytes = 65_536;
const discardMs = 1000;

/** How a body stands: whether more may come, and how its reader learns of the end. */
type State = "open" | "ended" | "failed" | "discarded";

/** Creates the body of a reply whose connection `controller` rules. */
export function createBody(controller: Dispatcher.DispatchController): Body {
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  let paused = false;
  let state: State = "open";
  let failure: unknown;
  let stopDiscarding: (() => void) | undefined;
  /** The body is read by: */
  let take: Sink<readonly Uint8Array[]> | undefined;
  let settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  /** What was taken last is still being worked on. */
  let busy = false;
  let scheduled = false;

  /** After this turn of the parser, so that all chunks of one read of the socket are given together. */
  function schedule(): void {
    if (scheduled || take === undefined) return;
    scheduled = true;
    queueMicrotask(deliver);
  }

  function deliver(): void {
    scheduled = false;
    if (take !== undefined && !busy && chunks.length > 0) give(takeAll(), take);
    if (busy || settle === undefined || state === "open") return;
    if (state === "failed") settle.reject(failure);
    else settle.resolve();
    settle = undefined;
  }

  function give(pieces: readonly Uint8Array[], to: Sink<readonly Uint8Array[]>): void {
    try {
      const wait = to(pieces);
      if (wait === undefined) return;
      busy = true;
      wait.then(goOn, refuse);
    } catch (error) {
      refuse(error);
    }
  }

  function takeAll(): readonly Uint8Array[] {
    const pieces = chunks;
    chunks = [];
    bytes = 0;
    if (paused) {
      paused = false;
      controller.resume();
    }
    return pieces;
  }

  function goOn(): void {
    busy = false;
    deliver();
  }

  /** The reader does not want what it got. */
  function refuse(error: unknown): void {
    busy = false;
    discard();
    state = "failed";
    failure = error;
    deliver();
  }

  function change(next: State): void {
    if (state === "open") state = next;
    stopDiscarding?.();
    schedule();
  }

  function discard(): void {
    chunks = [];
    bytes = 0;
    if (state !== "open") return;
    state = "discarded";
    controller.resume();
    const timer = setTimeout(() => controller.abort(createAbortError()), discardMs);
    timer.unref();
    stopDiscarding = () => clearTimeout(timer);
    schedule();
  }

  return {
    push(chunk) {
      if (state !== "open") return;
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= highWaterMarkBytes && !paused) {
        controller.pause();
        paused = true;
      }
      schedule();
    },
    end: () => change("ended"),
    fail(error) {
      if (state === "open") failure = error;
      change("failed");
    },
    cancel(error) {
      chunks = [];
      bytes = 0;
      failure = error;
      state = "failed";
      stopDiscarding?.();
      schedule();
    },
    read(sink) {
      return new Promise((resolve, reject) => {
        take = sink;
        settle = { resolve, reject };
        deliver();
      });
    },
    discard,
  };
}
