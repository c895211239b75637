import { encodeEnd, type ResponseObject } from "../dialects/openai-responses/index.ts";
import { type ProblemLog, type ResponseStore, StoreError } from "../store/response-store.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import type { RunFollower } from "./follow-runs.ts";
import type { RunStore, TakenRun } from "./run-store.ts";
import { hasEnded, stoppedError } from "./stored-response.ts";

/** Ends the runs of processes that are no more, and stores how. */
export interface RunReaper {
  /** Resolves when it does nothing any more. */
  close(): Promise<void>;
}

/** What a reaper needs. */
export interface RunReaperOptions {
  readonly runs: RunStore;
  /** The id of this process. */
  readonly process: string;
  readonly follower: RunFollower;
  readonly store: ResponseStore;
  readonly startTimer: StartTimer;
  readonly log: ProblemLog;
}

/** Creates a reaper, which looks several times in a lease. */
export function createRunReaper(options: RunReaperOptions): RunReaper {
  const { runs, process, follower, store, startTimer, log } = options;
  /** Taken over, and not settled yet. */
  const taken = new Map<string, TakenRun>();
  let isClosed = false;
  let stopTimer = plan();
  let working: Promise<void> | undefined;

  /** Ends a run, if it has not ended, and gives its response then. */
  async function end({ id, next, ended, cancelled }: TakenRun): Promise<ResponseObject | undefined> {
    const run = await follower.find(id);
    if (run === undefined || ended) return run?.response;
    const how = cancelled
      ? ({ status: "cancelled", error: null } as const)
      : ({ status: "failed", error: stoppedError } as const);
    const last = encodeEnd(run.response, how, next);
    const part = { id, first: next, events: [JSON.stringify(last)], ended: true };
    const [order] = await runs.append(process, [part]);
    return order?.state === "kept" ? (await follower.find(id))?.response : undefined;
  }

  async function settle(run: TakenRun): Promise<void> {
    const { id } = run;
    const response = await end(run);
    const stored = await store.get(id);
    if (response !== undefined && stored !== undefined && !hasEnded(stored)) {
      await store.put({ ...stored, response: { ...response } });
      if ((await runs.settle(process, id)) === "gone") await store.delete(id);
    } else await runs.settle(process, id);
    taken.delete(id);
  }

  /** What was not done is done the next time. Failures that a store knows it has told itself. */
  function note(error: unknown): void {
    if (!(error instanceof StoreError))
      log.error({ err: error }, "a background response of another process could not be ended");
  }

  async function reap(): Promise<void> {
    for (const run of await runs.reap(process)) taken.set(run.id, run);
    await Promise.all([...taken.values()].map((run) => settle(run).catch(note)));
  }

  async function work(): Promise<void> {
    await reap().catch(note);
    if (!isClosed) stopTimer = plan();
  }

  function plan(): () => void {
    return startTimer(runs.leaseMs / 4, () => {
      working = work();
    });
  }

  return {
    async close() {
      isClosed = true;
      stopTimer();
      await working;
    },
  };
}
