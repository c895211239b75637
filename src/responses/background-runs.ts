import { LRUCache } from "lru-cache";

import type { ResponseObject, ResponseWriter, WireEvent } from "../dialects/openai-responses/index.ts";
import { GatewayError, toGatewayError } from "../errors.ts";
import type { EventBatch } from "../model/events.ts";
import type { StoredResponse, StoreProblem } from "../store/response-store.ts";
import type { Source } from "../stream/source.ts";
import { createController } from "../stream/create-controller.ts";
import type { BackgroundRun, RunLog } from "./response-service.ts";

/** How many responses may run in the background at once. */
const maximumRunning = 100;
/** How many finished runs can still be streamed again. */
const maximumFinished = 32;

/** What a run needs. */
export interface RunOptions {
  readonly writer: ResponseWriter;
  readonly inputItems: StoredResponse["inputItems"];
  /** Begins the answer; `signal` aborts it. */
  readonly start: (signal: AbortSignal) => Source<EventBatch>;
  /** Keeps the response: when it is queued, and when it has ended. Resolves with the reason if it could not. */
  readonly save: (response: ResponseObject) => Promise<StoreProblem | undefined>;
  readonly onEnd?: RunLog["onEnd"];
  /** The id of the key that made it. */
  readonly owner?: string;
}

/** A run as those know it who can end it. */
export interface HeldRun extends BackgroundRun {
  readonly inputItems: StoredResponse["inputItems"];
  readonly owner: string | undefined;
  /** Whether it was ever stored. */
  readonly stored: boolean;
  /** Ends the run as cancelled and aborts the upstream; resolves when that is stored. */
  cancel(): Promise<void>;
  /** Ends the run without storing it. */
  discard(): Promise<void>;
}

/** The background responses of one gateway. */
export interface BackgroundRuns {
  /** Starts a run; resolves when its response is stored as queued, or could not be. Throws kind `overloaded` when too many run already. */
  start(options: RunOptions): Promise<HeldRun>;
  /** A run that goes on, or one that ended lately. */
  find(id: string): HeldRun | undefined;
  forget(id: string): void;
  /** Ends all runs as failed; resolves when that is stored. */
  close(): Promise<void>;
}

interface OwnRun extends HeldRun {
  /** Resolves when the response is stored as queued, or could not be. */
  readonly queued: Promise<void>;
  /** Resolves when the run has ended and nothing is left to be stored. */
  readonly finished: Promise<void>;
  fail(error: GatewayError): Promise<void>;
}

/** Whether a response is in the store, as it is now or as it was when it was queued. */
type Storage =
  | { readonly state: "new" | "stored" }
  | { readonly state: "failed"; readonly problem: StoreProblem };

/** Announces a response, then runs it. */
function createRun(
  { writer, inputItems, start, save, onEnd, owner }: RunOptions,
  release: () => void,
): OwnRun {
  const controller = createController();
  const waiting = new Set<() => void>();
  const events = [...writer.queue()];
  const announced = writer.response();
  let discarded = false;
  let storage: Storage = { state: "new" };
  let failure: GatewayError | undefined;

  async function store(): Promise<void> {
    const problem = await save(writer.response());
    if (problem === undefined) storage = { state: "stored" };
    else if (storage.state !== "stored") storage = { state: "failed", problem };
  }

  function add(more: readonly WireEvent[]): void {
    events.push(...more);
    for (const wake of waiting) wake();
    waiting.clear();
  }

  async function run(): Promise<void> {
    // First, so that what is stored last is how it ended.
    await queued;
    try {
      controller.signal.throwIfAborted();
      await start(controller.signal)((batch) => {
        if (controller.signal.aborted) return undefined;
        for (const event of batch) if (!writer.ended) add(writer.push(event));
        return undefined;
      });
      throw new GatewayError("upstream-truncated", "The upstream ended the answer before it was complete.");
    } catch (error) {
      add(fail(toGatewayError(error)));
    }
    release();
    onEnd?.(writer.response(), failure);
    if (!discarded) await store();
  }

  /** Gives nothing for a response that has ended: that is how it ended. */
  function fail(error: GatewayError): readonly WireEvent[] {
    if (writer.ended) return [];
    failure = error;
    return writer.fail(error);
  }

  const queued = store();
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
    announced,
    inputItems,
    owner,
    get problem() {
      return storage.state === "failed" ? storage.problem : undefined;
    },
    get stored() {
      return storage.state === "stored";
    },
    queued,
    finished,
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
    beat: () => add(writer.heartbeat()),
    cancel: () => end(writer.cancel(), cancelled),
    discard: () => {
      discarded = true;
      return end(writer.cancel(), cancelled);
    },
    fail: (error) => end(fail(error), error),
  };
}

async function nothingToDo(): Promise<void> {}
function noBeat(): void {}

/** A run that is over, without what it ran with: its request, answer and connection would be held as long as it is. */
function toEnded({ response, announced, inputItems, owner, problem, stored, events }: HeldRun): HeldRun {
  return {
    response,
    announced,
    inputItems,
    owner,
    problem,
    stored,
    events,
    ended: true,
    changed: nothingToDo,
    beat: noBeat,
    cancel: nothingToDo,
    discard: nothingToDo,
  };
}

/** Creates the registry of a gateway's background responses. */
export function createBackgroundRuns(): BackgroundRuns {
  const running = new Map<string, OwnRun>();
  const ended = new LRUCache<string, HeldRun>({ max: maximumFinished });

  async function forgetWork(id: string, run: OwnRun): Promise<void> {
    await run.finished;
    if (ended.peek(id) === run) ended.set(id, toEnded(run));
  }

  return {
    async start(options) {
      if (running.size >= maximumRunning) {
        throw new GatewayError(
          "overloaded",
          `${maximumRunning} responses run in the background already. Wait for one, or cancel one.`,
        );
      }
      const { id } = options.writer.response();
      const run = createRun(options, () => {
        running.delete(id);
        ended.set(id, run);
      });
      running.set(id, run);
      void forgetWork(id, run);
      await run.queued;
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

/** The runs of one owner among those of others: what is not its own, is not there. */
export function ownRuns(runs: BackgroundRuns, owner: string): BackgroundRuns {
  const find = (id: string) => {
    const run = runs.find(id);
    return run?.owner === owner ? run : undefined;
  };
  return {
    start: (options) => runs.start({ ...options, owner }),
    find,
    forget(id) {
      if (find(id) !== undefined) runs.forget(id);
    },
    close: () => runs.close(),
  };
}
