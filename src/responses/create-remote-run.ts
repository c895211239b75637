import {
  createResponseReader,
  encodeEnd,
  type ResponseObject,
  type WireEvent,
} from "../dialects/openai-responses/index.ts";
import { createWaitList } from "./create-wait-list.ts";
import type { HeldRun } from "./held-run.ts";
import type { RunReading, RunWish } from "./run-store.ts";

/** What a run of another process does by others. All that is asynchronous rejects with a `StoreError`. */
export interface RemoteRunOptions {
  /** Asks its process. */
  readonly wish: (wish: RunWish) => Promise<unknown>;
  /** Resolves when it was read anew. */
  readonly look: () => Promise<unknown>;
  /** Until it is worth to look again. */
  readonly pause: () => Promise<void>;
  /** Deletes it everywhere. */
  readonly forget: () => Promise<unknown>;
  /** Somebody waits for its next events. */
  readonly onAwaited: () => void;
  /** Told what nobody waits for. */
  readonly onProblem: (error: unknown) => void;
}

/** A run of another process, as far as it was read. */
export interface RemoteRun extends HeldRun {
  /** Whether somebody waits for its next events. */
  readonly isAwaited: boolean;
  /** Of this very run, what comes next. */
  take(reading: RunReading): void;
  /** It was deleted, and ends as one that is deleted here does. */
  vanish(): void;
}

/** What the events say first. Written by the `ResponseWriter` of another process. */
function readEvents({ parts }: RunReading): readonly WireEvent[] {
  return parts.flatMap(({ events }) => events.map((text) => JSON.parse(text) as WireEvent));
}

/** Creates a run from what was read of it from its first event on. Undefined when that tells nothing of the response. */
export function createRemoteRun(
  { wish, look, pause, forget, onAwaited, onProblem }: RemoteRunOptions,
  first: RunReading,
): RemoteRun | undefined {
  const waiting = createWaitList();
  const reader = createResponseReader();
  const events: WireEvent[] = [];
  let isEnded = false;

  function take(reading: RunReading): void {
    for (const event of readEvents(reading)) {
      // In its place, also behind a gap; what came before, comes again with what is new.
      if (event.sequence_number < events.length) continue;
      events[event.sequence_number] = event;
      reader.push(event);
    }
    isEnded ||= reading.ended && !reading.more;
    waiting.wakeAll();
  }

  take(first);
  const { response: announced } = reader;
  if (announced === undefined) return undefined;
  const response = (): ResponseObject => reader.response ?? announced;

  const run: RemoteRun = {
    get response() {
      return response();
    },
    announced,
    owner: first.owner,
    problem: undefined,
    stored: true,
    events,
    get ended() {
      return isEnded;
    },
    get isAwaited() {
      return waiting.size > 0;
    },
    async changed(count, signal) {
      if (events.length > count || isEnded || signal.aborted) return;
      const change = waiting.wait(signal);
      onAwaited();
      await change;
    },
    beat() {
      if (!isEnded) wish("beat").catch(onProblem);
    },
    async cancel() {
      if (isEnded) return;
      await wish("cancel");
      await look();
      while (!run.ended) {
        await pause();
        await look();
      }
    },
    async discard() {
      await forget();
    },
    take,
    vanish() {
      if (isEnded) return;
      const end = encodeEnd(response(), { status: "cancelled", error: null }, events.length);
      events.push(end);
      reader.push(end);
      isEnded = true;
      waiting.wakeAll();
    },
  };
  return run;
}
