import type { WireEvent } from "../dialects/openai-responses/index.ts";
import { GatewayError, toGatewayError } from "../errors.ts";
import type { StoreProblem } from "../store/response-store.ts";
import { createController } from "../stream/create-controller.ts";
import { createWaitList } from "./create-wait-list.ts";
import type { OwnRun, RunOptions } from "./held-run.ts";
import type { RunSharer, SharedRun } from "./share-runs.ts";

/** A run as its registry knows it. */
export interface Run extends OwnRun {
  /** Resolves when the response is stored as queued, or could not be; false when there are too many runs. */
  readonly queued: Promise<boolean>;
  /** Resolves when the run has ended and nothing is left to be stored, or to be tried at once. */
  readonly finished: Promise<void>;
  fail(error: GatewayError): Promise<void>;
}

/** How a run and its registry go together. */
export interface RunPlaces {
  /** Tells other processes of the run. */
  readonly sharer: RunSharer | undefined;
  /** The run has ended; what is left is to store it. */
  readonly onEnded: () => void;
  /** Nobody here needs to know the run any more: others do, or it is gone. */
  readonly onGone: () => void;
}

/** Whether a response is in the store, as it is now or as it was when it was queued. */
type Storage =
  | { readonly state: "new" | "stored" }
  | { readonly state: "failed"; readonly problem: StoreProblem };

/** Announces a response, then runs it. */
export function createRun(options: RunOptions, { sharer, onEnded, onGone }: RunPlaces): Run {
  const { writer, inputItems, start, save, unsave, onEnd, owner } = options;
  const controller = createController();
  const waiting = createWaitList();
  const events = [...writer.queue()];
  const announced = writer.response();
  let discarded = false;
  let storage: Storage = { state: "new" };
  let failure: GatewayError | undefined;

  async function store(): Promise<StoreProblem | undefined> {
    const problem = await save(writer.response());
    if (problem === undefined) storage = { state: "stored" };
    else if (storage.state !== "stored") storage = { state: "failed", problem };
    return problem;
  }

  function add(more: readonly WireEvent[]): void {
    events.push(...more);
    waiting.wakeAll();
  }

  async function announce(): Promise<boolean> {
    if (sharer !== undefined && !(await sharer.begin(shared))) return false;
    await store();
    return true;
  }

  async function run(): Promise<void> {
    // First, so that what is stored last is how it ended.
    if (!(await queued)) {
      onGone();
      return;
    }
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
    onEnded();
    onEnd?.(writer.response(), failure);
    if (discarded) return;
    if (sharer === undefined) await store();
    else await sharer.finish(id);
  }

  /** Gives nothing for a response that has ended: that is how it ended. */
  function fail(error: GatewayError): readonly WireEvent[] {
    if (writer.ended) return [];
    failure = error;
    return writer.fail(error);
  }

  async function end(last: readonly WireEvent[], reason: GatewayError): Promise<void> {
    add(last);
    controller.abort(reason);
    await finished;
  }

  const { id } = announced;
  const cancelled = new GatewayError("aborted", "The response was cancelled.");
  const held = {
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
    events,
    get ended() {
      return writer.ended;
    },
    async changed(count: number, signal: AbortSignal) {
      if (events.length > count || writer.ended || signal.aborted) return;
      await waiting.wait(signal);
    },
    beat: () => add(writer.heartbeat()),
    cancel: () => end(writer.cancel(), cancelled),
    async discard() {
      discarded = true;
      const cancelling = end(writer.cancel(), cancelled);
      try {
        await sharer?.drop(id);
      } catch (error) {
        // Others have it still, and shall not wait for its end.
        discarded = false;
        await cancelling;
        await sharer?.finish(id);
        throw error;
      }
      await cancelling;
      if (sharer !== undefined) onGone();
    },
    fail: (error: GatewayError) => end(fail(error), error),
  };
  const shared: SharedRun = {
    id,
    owner,
    events,
    beat: held.beat,
    cancel: held.cancel,
    lose(error) {
      discarded = true;
      onGone();
      return held.fail(error);
    },
    save: store,
    unsave,
    onSettled: onGone,
  };
  const queued = announce();
  const finished = run();
  return Object.assign(held, { queued, finished });
}

async function nothingToDo(): Promise<void> {}
function noBeat(): void {}

/** A run that is over, without what it ran with: its request, answer and connection would be held as long as it is. */
export function toEnded(run: OwnRun): OwnRun {
  const { response, announced, inputItems, owner, problem, stored, events } = run;
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
