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

/** A class, since one is made for each request. */
class ReplyBody implements Body {
  readonly #controller: Dispatcher.DispatchController;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #paused = false;
  #state: State = "open";
  #failure: unknown;
  #discarding: NodeJS.Timeout | undefined;
  /** The body is read by: */
  #take: Sink<readonly Uint8Array[]> | undefined;
  #settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  /** What was taken last is still being worked on. */
  #busy = false;
  #scheduled = false;
  readonly #deliverNow = (): void => this.#deliver();

  constructor(controller: Dispatcher.DispatchController) {
    this.#controller = controller;
  }

  push(chunk: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= highWaterMarkBytes && !this.#paused) {
      this.#controller.pause();
      this.#paused = true;
    }
    this.#schedule();
  }

  end(): void {
    this.#change("ended");
  }

  fail(error: Error): void {
    if (this.#state === "open") this.#failure = error;
    this.#change("failed");
  }

  cancel(error: Error): void {
    this.#chunks = [];
    this.#bytes = 0;
    this.#failure = error;
    this.#state = "failed";
    clearTimeout(this.#discarding);
    this.#schedule();
  }

  read(sink: Sink<readonly Uint8Array[]>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#take = sink;
      this.#settle = { resolve, reject };
      this.#deliver();
    });
  }

  discard(): void {
    this.#chunks = [];
    this.#bytes = 0;
    if (this.#state !== "open") return;
    this.#state = "discarded";
    this.#controller.resume();
    this.#discarding = setTimeout(() => this.#controller.abort(createAbortError()), discardMs).unref();
    this.#schedule();
  }

  /** After this turn of the parser, so that all chunks of one read of the socket are given together. */
  #schedule(): void {
    if (this.#scheduled || this.#take === undefined) return;
    this.#scheduled = true;
    queueMicrotask(this.#deliverNow);
  }

  #deliver(): void {
    this.#scheduled = false;
    if (this.#take !== undefined && !this.#busy && this.#chunks.length > 0)
      this.#give(this.#takeAll(), this.#take);
    const settle = this.#settle;
    if (this.#busy || settle === undefined || this.#state === "open") return;
    this.#settle = undefined;
    if (this.#state === "failed") settle.reject(this.#failure);
    else settle.resolve();
  }

  #give(pieces: readonly Uint8Array[], to: Sink<readonly Uint8Array[]>): void {
    try {
      const wait = to(pieces);
      if (wait === undefined) return;
      this.#busy = true;
      wait.then(
        () => this.#goOn(),
        (error: unknown) => this.#refuse(error),
      );
    } catch (error) {
      this.#refuse(error);
    }
  }

  #takeAll(): readonly Uint8Array[] {
    const pieces = this.#chunks;
    this.#chunks = [];
    this.#bytes = 0;
    if (this.#paused) {
      this.#paused = false;
      this.#controller.resume();
    }
    return pieces;
  }

  #goOn(): void {
    this.#busy = false;
    this.#deliver();
  }

  /** The reader does not want what it got. */
  #refuse(error: unknown): void {
    this.#busy = false;
    this.discard();
    this.#state = "failed";
    this.#failure = error;
    this.#deliver();
  }

  #change(next: State): void {
    if (this.#state === "open") this.#state = next;
    clearTimeout(this.#discarding);
    this.#schedule();
  }
}

/** Creates the body of a reply whose connection `controller` rules. */
export function createBody(controller: Dispatcher.DispatchController): Body {
  return new ReplyBody(controller);
}
