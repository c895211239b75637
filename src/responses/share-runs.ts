import type { WireEvent } from "../dialects/openai-responses/index.ts";
import { GatewayError } from "../errors.ts";
import { type ProblemLog, StoreError, type StoreProblem } from "../store/response-store.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import type { RunOrder, RunPart, RunStore } from "./run-store.ts";

/** How often the store is told what is new, in ms; and when it could not be told. */
const trip = { usual: 100, failed: 250 } as const;
/** Characters of one run, and of all together, that it is told at once. */
const charactersAtOnce = { each: 262_144, all: 4_194_304 } as const;
/** How often it is tried to store a response while the store can't be used: for a minute. */
const triesToSave = 240;

/** A run of this process as its sharer knows it. */
export interface SharedRun {
  readonly id: string;
  readonly owner: string | undefined;
  readonly events: readonly WireEvent[];
  beat(): void;
  cancel(): Promise<void>;
  /** Ends the run, if it goes on, and stores nothing any more: it is another's, or was deleted. */
  lose(error: GatewayError): Promise<void>;
  /** Stores the response as it is now. */
  save(): Promise<StoreProblem | undefined>;
  /** Takes back what was stored. */
  unsave(): Promise<unknown>;
  /** It is stored as it ended, and others can stream it again. */
  onSettled(): void;
}

/** Tells other processes of the runs of this one, and this one of what others want of them. */
export interface RunSharer {
  /** Resolves when others know of the run, or can't be told now: then they are later. False when there are too many. */
  begin(run: SharedRun): Promise<boolean>;
  /**
   * Once a run has its last event: tells others of it and, unless it is lost, stores it. Resolves when that is done, or could not be: then it
   * is tried again.
   */
  finish(id: string): Promise<void>;
  /** Deletes a run everywhere. Rejects with a `StoreError`: then it is there still. */
  drop(id: string): Promise<void>;
  /** What could not be told is left to other processes. */
  close(): Promise<void>;
}

/** What a sharer needs. */
export interface RunSharerOptions {
  readonly runs: RunStore;
  /** The id of this process. */
  readonly process: string;
  readonly startTimer: StartTimer;
  readonly log: ProblemLog;
}

interface Entry {
  readonly run: SharedRun;
  /** How many events it began with. */
  readonly announced: number;
  isBegun: boolean;
  /** How many events the store has. */
  told: number;
  isFull: boolean;
  /** There was no room for all events in what was sent last. */
  isBehind: boolean;
  /** What the store was sent last, as long as nobody knows whether it has it. */
  sent: RunPart | undefined;
  isCancelled: boolean;
  /** It has its last event. */
  isOver: boolean;
  /** The store has the last event. */
  isEndTold: boolean;
  savesLeft: number;
  /** Told of the first try to end it. */
  onTried: (() => void) | undefined;
}

function createEntry(run: SharedRun): Entry {
  return {
    run,
    announced: run.events.length,
    isBegun: false,
    told: 0,
    isFull: false,
    isBehind: false,
    sent: undefined,
    isCancelled: false,
    isOver: false,
    isEndTold: false,
    savesLeft: triesToSave,
    onTried: undefined,
  };
}

/** Creates the sharer of one process. */
export function createRunSharer({ runs, process, startTimer, log }: RunSharerOptions): RunSharer {
  const entries = new Map<string, Entry>();
  let stopTimer: (() => void) | undefined;
  let working: Promise<void> | undefined;
  let isHurried = false;

  /** Failures that the store knows it has told itself. */
  function note(error: unknown): void {
    if (!(error instanceof StoreError))
      log.error({ err: error }, "a background response could not be shared");
  }

  async function beginOne(entry: Entry): Promise<boolean> {
    const { id, owner, events } = entry.run;
    const own = owner === undefined ? {} : { owner };
    const first = events.slice(0, entry.announced).map((event) => JSON.stringify(event));
    if (!(await runs.begin(process, { id, ...own, events: first }))) return false;
    entry.isBegun = true;
    entry.told = entry.announced;
    return true;
  }

  /** The next events of a run, within so many characters. */
  function cutPart(entry: Entry, room: number): RunPart {
    const { told, isFull, isOver } = entry;
    const { id, events } = entry.run;
    const last = events.length - 1;
    if (isFull && !isOver) return { id, first: events.length, events: [], ended: false };
    const first = isFull ? last : told;
    const texts: string[] = [];
    for (let size = 0; first + texts.length <= last && size < room;) {
      const text = JSON.stringify(events[first + texts.length]);
      texts.push(text);
      size += text.length;
    }
    entry.isBehind = first + texts.length <= last;
    return { id, first, events: texts, ended: isOver && !entry.isBehind };
  }

  function cutParts(begun: readonly Entry[]): readonly RunPart[] {
    let room: number = charactersAtOnce.all;
    return begun.map((entry) => {
      entry.sent ??= cutPart(entry, Math.min(room, charactersAtOnce.each));
      for (const { length } of entry.sent.events) room -= length;
      return entry.sent;
    });
  }

  function lose({ run, onTried }: Entry): void {
    entries.delete(run.id);
    onTried?.();
    const text =
      "Another process ended the response: it was deleted there, or nothing was heard of this one.";
    void run.lose(new GatewayError("overloaded", text));
  }

  function obey(entry: Entry, { state, wishes }: RunOrder): void {
    const { run, sent } = entry;
    entry.sent = undefined;
    if (state === "lost") {
      lose(entry);
      return;
    }
    if (state === "full") entry.isFull = true;
    else if (sent !== undefined && !entry.isFull) entry.told = sent.first + sent.events.length;
    entry.isEndTold ||= state === "kept" && sent?.ended === true;
    if (wishes.includes("beat")) run.beat();
    if (wishes.includes("cancel") && !entry.isCancelled) {
      entry.isCancelled = true;
      void run.cancel();
    }
    if (entry.isOver ? !entry.isEndTold : entry.isBehind && !entry.isFull) isHurried = true;
  }

  /** Stores a run whose end is told. False when that has to be tried again. */
  async function conclude(entry: Entry): Promise<boolean> {
    const { run } = entry;
    // Any other problem is one of this response, and not better later.
    if ((await run.save()) === "unavailable" && entry.savesLeft > 0) {
      entry.savesLeft -= 1;
      return false;
    }
    // Whoever deleted it did so before it was stored. Whoever took it over has stored the same.
    if ((await runs.settle(process, run.id)) === "gone") await run.unsave();
    entries.delete(run.id);
    run.onSettled();
    return true;
  }

  /** Tells what there is to tell. False when something was not done and has to be tried again. */
  async function tell(): Promise<boolean> {
    const unknown = [...entries.values()].filter(({ isBegun }) => !isBegun);
    const began = await Promise.all(unknown.map(beginOne));
    const begun = [...entries.values()].filter(({ isBegun }) => isBegun);
    const orders = await runs.append(process, cutParts(begun));
    for (const [index, order] of orders.entries()) {
      const entry = begun[index];
      if (entry !== undefined && entries.get(entry.run.id) === entry) obey(entry, order);
    }
    const ended = [...entries.values()].filter(({ isEndTold }) => isEndTold);
    const done = await Promise.all(ended.map((entry) => conclude(entry).finally(() => entry.onTried?.())));
    return [...began, ...done].every(Boolean);
  }

  /** Tries once. Whoever waits for the end of a run that could not be told waits no longer. */
  async function tryToTell(): Promise<boolean> {
    let isWell = false;
    try {
      isWell = await tell();
    } catch (error) {
      note(error);
      isHurried = false;
    }
    for (const { isOver, isBegun, onTried } of entries.values())
      if (isOver && !(isWell && isBegun)) onTried?.();
    return isWell;
  }

  async function work(): Promise<void> {
    let isWell;
    do {
      isHurried = false;
      isWell = await tryToTell();
    } while (isHurried);
    working = undefined;
    if (entries.size > 0) plan(isWell ? trip.usual : trip.failed);
  }

  function plan(milliseconds: number): void {
    stopTimer = startTimer(milliseconds, hurry);
  }

  function hurry(): void {
    isHurried = true;
    stopTimer?.();
    stopTimer = undefined;
    working ??= work();
  }

  return {
    async begin(run) {
      const entry = createEntry(run);
      try {
        if (!(await beginOne(entry))) return false;
      } catch (error) {
        note(error);
      }
      entries.set(run.id, entry);
      if (working === undefined && stopTimer === undefined) plan(trip.usual);
      return true;
    },
    async finish(id) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      entry.isOver = true;
      await new Promise<void>((resolve) => {
        entry.onTried = resolve;
        hurry();
      });
    },
    async drop(id) {
      const entry = entries.get(id);
      entries.delete(id);
      entry?.onTried?.();
      try {
        await runs.forget(id);
      } catch (error) {
        if (entry !== undefined) entries.set(id, entry);
        throw error;
      }
    },
    async close() {
      await working;
      stopTimer?.();
      stopTimer = undefined;
      const left = [...entries.values()];
      entries.clear();
      for (const { onTried } of left) onTried?.();
      if (left.length > 0) await runs.leave(process).catch(note);
    },
  };
}
