import { LRUCache } from "lru-cache";

import { type ProblemLog, StoreError } from "../store/response-store.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import { createRemoteRun, type RemoteRun } from "./create-remote-run.ts";
import type { HeldRun } from "./held-run.ts";
import type { RunReading, RunStore } from "./run-store.ts";

/** How often it is looked for what is new, in ms; and when the store could not be asked. */
const trip = { usual: 100, failed: 500 } as const;
/** Runs that nobody waits for are read on from where that ended, as long as not so many others were asked for. */
const maximumKnown = 16;

/** Finds the runs of other processes, and reads on in all that somebody waits for, by one question to the store at a time. */
export interface RunFollower {
  /** A run as it is now; undefined when there is none. Rejects with a `StoreError`. */
  find(id: string): Promise<HeldRun | undefined>;
}

/** What a follower needs. */
export interface RunFollowerOptions {
  readonly runs: RunStore;
  readonly startTimer: StartTimer;
  readonly log: ProblemLog;
}

interface Look {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A run that is followed. */
interface Followed {
  readonly id: string;
  /** Undefined before it is known, and when there is none. */
  run: RemoteRun | undefined;
  /** Those who wait for the next answer. */
  looks: Look[];
}

/** Creates the follower of one process. */
export function createRunFollower({ runs, startTimer, log }: RunFollowerOptions): RunFollower {
  const known = new LRUCache<string, Followed>({ max: maximumKnown });
  /** To be read at once, and soon. */
  const asked = new Set<Followed>();
  const due = new Set<Followed>();
  let isReading = false;
  let isTimed = false;

  function onProblem(error: unknown): void {
    if (!(error instanceof StoreError))
      log.error({ err: error }, "a background response could not be followed");
  }

  function create(followed: Followed, reading: RunReading): RemoteRun | undefined {
    const { id } = followed;
    const options = {
      wish: (wish: "cancel" | "beat") => runs.wish(id, wish),
      look: () => look(followed),
      pause: () => new Promise<void>((resolve) => void startTimer(trip.usual, resolve)),
      forget: () => runs.forget(id),
      onAwaited: () => readSoon(followed, trip.usual),
      onProblem,
    };
    return createRemoteRun(options, reading);
  }

  function take(followed: Followed, reading: RunReading | undefined): void {
    if (reading === undefined) {
      followed.run?.vanish();
      followed.run = undefined;
      if (known.peek(followed.id) === followed) known.delete(followed.id);
    } else if (followed.run === undefined) followed.run = create(followed, reading);
    else followed.run.take(reading);
  }

  async function readOnce(batch: readonly Followed[]): Promise<void> {
    const looks = batch.map((followed) => followed.looks.splice(0));
    const queries = batch.map(({ id, run }) => ({ id, from: run?.events.length ?? 0 }));
    try {
      const readings = [...(await runs.read(queries))];
      for (const [index, followed] of batch.entries()) {
        const reading = readings[0]?.id === followed.id ? readings.shift() : undefined;
        take(followed, reading);
        const lookers = looks[index] ?? [];
        if (reading?.more === true) {
          followed.looks.push(...lookers);
          asked.add(followed);
        } else for (const { resolve } of lookers) resolve();
      }
    } catch (error) {
      onProblem(error);
      for (const { reject } of looks.flat()) reject(error);
      for (const followed of batch) readSoon(followed, trip.failed);
      return;
    }
    for (const followed of batch) readSoon(followed, trip.usual);
  }

  async function readAll(): Promise<void> {
    isReading = true;
    while (asked.size > 0) {
      const batch = [...asked];
      asked.clear();
      await readOnce(batch);
    }
    isReading = false;
  }

  function readNow(): void {
    if (!isReading) void readAll();
  }

  /** Reads on in a run if somebody waits for that. */
  function readSoon(followed: Followed, milliseconds: number): void {
    if (followed.run?.isAwaited !== true) return;
    due.add(followed);
    if (isTimed) return;
    isTimed = true;
    startTimer(milliseconds, () => {
      isTimed = false;
      for (const one of due) if (one.run?.isAwaited === true) asked.add(one);
      due.clear();
      readNow();
    });
  }

  function look(followed: Followed): Promise<void> {
    return new Promise((resolve, reject) => {
      followed.looks.push({ resolve, reject });
      asked.add(followed);
      readNow();
    });
  }

  return {
    async find(id) {
      const followed: Followed = known.get(id) ?? { id, run: undefined, looks: [] };
      known.set(id, followed);
      await look(followed);
      return followed.run;
    },
  };
}
