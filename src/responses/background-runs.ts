import { LRUCache } from "lru-cache";

import { GatewayError } from "../errors.ts";
import { createRun, type Run, toEnded } from "./create-run.ts";
import type { RunFollower } from "./follow-runs.ts";
import type { HeldRun, OwnRun, RunOptions } from "./held-run.ts";
import type { RunSharer } from "./share-runs.ts";

/** How many responses may run in the background at once. */
const maximumRunning = 100;
/** How many finished runs can still be streamed again. */
const maximumFinished = 32;

/** The background responses of one gateway. */
export interface BackgroundRuns {
  /** Starts a run; resolves when its response is stored as queued, or could not be. Throws kind `overloaded` when too many run already. */
  start(options: RunOptions): Promise<OwnRun>;
  /** A run of this process: one that goes on, or one that ended lately. Where processes share their runs, one that ended is no process' any more. */
  findOwn(id: string): OwnRun | undefined;
  /** A run of any process. Rejects with a `StoreError` when others can't be asked. */
  find(id: string): Promise<HeldRun | undefined>;
  /** One that ended lately is found no more. */
  forget(id: string): void;
  /** Ends all runs as failed; resolves when that is stored. */
  close(): Promise<void>;
}

/** How processes share their runs. */
export interface RunSharing {
  readonly sharer: RunSharer;
  readonly follower: RunFollower;
}

function crowded(which: string): GatewayError {
  return new GatewayError(
    "overloaded",
    `${which} run in the background already. Wait for one, or cancel one.`,
  );
}

/** Creates the registry of a gateway's background responses. Without `sharing` they are those of this process alone. */
export function createBackgroundRuns(sharing?: RunSharing): BackgroundRuns {
  const running = new Map<string, Run>();
  /** Those that have ended, but of which others can't know that yet. */
  const leaving = new Map<string, Run>();
  const ended = new LRUCache<string, OwnRun>({ max: maximumFinished });

  async function forgetWork(id: string, run: Run): Promise<void> {
    await run.finished;
    if (ended.peek(id) === run) ended.set(id, toEnded(run));
  }

  const findOwn = (id: string) => running.get(id) ?? leaving.get(id) ?? ended.get(id);
  return {
    async start(options) {
      if (running.size + leaving.size >= maximumRunning) throw crowded(`${maximumRunning} responses`);
      const { id } = options.writer.response();
      const run = createRun(options, {
        sharer: sharing?.sharer,
        onEnded() {
          if (!running.delete(id)) return;
          if (sharing === undefined) ended.set(id, run);
          else leaving.set(id, run);
        },
        onGone() {
          running.delete(id);
          leaving.delete(id);
        },
      });
      running.set(id, run);
      void forgetWork(id, run);
      if (await run.queued) return run;
      throw crowded("Too many responses of all processes");
    },
    findOwn,
    find: async (id) => findOwn(id) ?? sharing?.follower.find(id),
    forget(id) {
      ended.delete(id);
    },
    async close() {
      const error = new GatewayError(
        "overloaded",
        "The gateway was shut down before the response was complete.",
      );
      await Promise.all([...running.values()].map((run) => run.fail(error)));
      await sharing?.sharer.close();
    },
  };
}

/** The runs of one owner among those of others: what is not its own, is not there. */
export function ownRuns(runs: BackgroundRuns, owner: string): BackgroundRuns {
  function own<T extends HeldRun>(run: T | undefined): T | undefined {
    return run?.owner === owner ? run : undefined;
  }

  const findOwn = (id: string) => own(runs.findOwn(id));
  return {
    start: (options) => runs.start({ ...options, owner }),
    findOwn,
    find: async (id) => own(await runs.find(id)),
    forget(id) {
      if (findOwn(id) !== undefined) runs.forget(id);
    },
    close: () => runs.close(),
  };
}
