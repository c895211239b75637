import { LRUCache } from "lru-cache";

import type { ResponseObject, ResponseWriter, WireEvent } from "../../dialects/openai-responses/index.ts";
import { GatewayError, toGatewayError } from "../../errors.ts";
import type { EventBatch } from "../../model/events.ts";
import { createController } from "../../stream/create-controller.ts";

/** How many responses may run in the background at once. */
const maximumRunning = 100;
/** How many finished runs can still be streamed again. */
const maximumFinished = 32;

/** What a run needs. */
export interface RunOptions {
  readonly writer: ResponseWriter;
  /** Begins the answer; `signal` aborts it. */
  readonly start: (signal: AbortSignal) => AsyncIterable<EventBatch>;
  /** Keeps the response: when it is queued, and when it has ended. Must not throw. */
  readonly save: (response: ResponseObject) => Promise<void>;
}

/** A response that is made without a client that waits for it. */
export interface BackgroundRun {
  /** The response as it is now. */
  readonly response: ResponseObject;
  /** All events so far; `sequence_number` is the index. */
  readonly events: readonly WireEvent[];
  readonly ended: boolean;
  /** Resolves when there are more events than `count`, the run has ended, or `signal` is aborted. */
  changed(count: number, signal: AbortSignal): Promise<void>;
  /** Ends the run as cancelled and aborts the upstream; resolves when that is stored. */
  cancel(): Promise<void>;
  /** Ends the run without storing it. */
  discard(): Promise<void>;
}

/** The background responses of one gateway. */
export interface BackgroundRuns {
  /** Starts a run and stores its response as queued. Throws kind `overloaded` when too many run already. */
  start(options: RunOptions): Promise<BackgroundRun>;
  /** A run that goes on, or one that ended lately. */
  find(id: string): BackgroundRun | undefined;
  forget(id: string): void;
  /** Ends all runs as failed; resolves when that is stored. */
  close(): Promise<void>;
}

interface OwnRun extends BackgroundRun {
  fail(error: GatewayError): Promise<void>;
}

/** Runs a response that was announced by `events`. */
function createRun({ writer, start, save }: RunOptions, events: WireEvent[], onEnd: () => void): OwnRun {
  const controller = createController();
  const waiting = new Set<() => void>();
  let discarded = false;

  function add(more: readonly WireEvent[]): void {
    events.push(...more);
    for (const wake of waiting) wake();
    waiting.clear();
  }

  async function run(): Promise<void> {
    try {
      for await (const batch of start(controller.signal)) {
        if (controller.signal.aborted) break;
        for (const event of batch) if (!writer.ended) add(writer.push(event));
      }
      throw new GatewayError("upstream-truncated", "Akash Chat ended the answer before it was complete.");
    } catch (error) {
      // Adds nothing to a response that has ended.
      add(writer.fail(toGatewayError(error)));
    }
    onEnd();
    if (!discarded) await save(writer.response());
  }

  const finished = run();

  async function end(last: readonly WireEvent[], reason: GatewayError): Promise<void> {
    add(last);
    controller.abort(reason);
    await finished;
  }

  const cancelled = new GatewayError("aborted", "The response was cancelled.");
  return {
    get response() {
      return writer.response();
    },
    events,
    get ended() {
      return writer.ended;
    },
    async changed(count, signal) {
      if (events.length > count || writer.ended || signal.aborted) return;
      await new Promise<void>((resolve) => {
        function wake(): void {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        }
        waiting.add(wake);
        signal.addEventListener("abort", wake, { once: true });
      });
    },
    cancel: () => end(writer.cancel(), cancelled),
    discard: () => {
      discarded = true;
      return end(writer.cancel(), cancelled);
    },
    fail: (error) => end(writer.fail(error), error),
  };
}

/** Creates the registry of a gateway's background responses. */
export function createBackgroundRuns(): BackgroundRuns {
  const running = new Map<string, OwnRun>();
  const ended = new LRUCache<string, BackgroundRun>({ max: maximumFinished });

  return {
    async start(options) {
      if (running.size >= maximumRunning) {
        throw new GatewayError(
          "overloaded",
          `${maximumRunning} responses run in the background already. Wait for one, or cancel one.`,
        );
      }
      const { writer, save } = options;
      const events = [...writer.queue()];
      // First, so that what is stored last is how it ended.
      await save(writer.response());
      const { id } = writer.response();
      const run = createRun(options, events, () => {
        running.delete(id);
        ended.set(id, run);
      });
      running.set(id, run);
      return run;
    },
    find: (id) => running.get(id) ?? ended.get(id),
    forget(id) {
      ended.delete(id);
    },
    async close() {
      const error = new GatewayError(
        "overloaded",
        "The gateway was shut down before the response was complete.",
      );
      await Promise.all([...running.values()].map((run) => run.fail(error)));
    },
  };
}
