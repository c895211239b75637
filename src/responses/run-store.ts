/**
 * What the processes of a gateway know of each other's background responses. Everything is plain data, so that it can be told to
 * another process, and everything rejects with a `StoreError` (`store/response-store.ts`) and no other.
 *
 * A run belongs to a process, by an id that is unique for all time. A process that says nothing (`append`, `reap`) for `leaseMs` is taken
 * for dead, and its runs are another's. Where no process has looked for dead ones (`reap`) for half a lease, the store itself was away, and
 * nobody could say anything: then nobody is taken for dead before one lease has passed.
 *
 * A run goes on, then it has ended (its last event is here), then it is settled (its response is stored as it ended). A settled one is kept
 * for a while, so that it can be streamed again.
 */
export interface RunStore {
  readonly leaseMs: number;
  /** Begins a run, once: again it does nothing. False when too many go on already. */
  begin(process: string, run: RunStart): Promise<boolean>;
  /** Adds events to this process' runs, each of which is named, also without events. One order for each part. */
  append(process: string, parts: readonly RunPart[]): Promise<readonly RunOrder[]>;
  /** What there is of some runs. Of a run that is not there: nothing. */
  read(queries: readonly RunQuery[]): Promise<readonly RunReading[]>;
  /** Asks a run's process for something; it learns of it with its next `append`. False for a run that does not go on. */
  wish(id: string, wish: RunWish): Promise<boolean>;
  /** Takes over the runs of dead processes that are not settled: each is given to one process alone, some at a time. Forgets what is old. */
  reap(process: string): Promise<readonly TakenRun[]>;
  /** The response of a run that has ended is stored. `taken`: the run is another process' now. `gone`: it was forgotten. */
  settle(process: string, id: string): Promise<"settled" | "taken" | "gone">;
  /** Deletes a run, of whomever; its process learns with its next `append` that it is lost. */
  forget(id: string): Promise<void>;
  /** A process is no more: its runs are another's at once. */
  leave(process: string): Promise<void>;
}

/** A run that begins. */
export interface RunStart {
  readonly id: string;
  /** The id of the key that made it; absent: nobody's own. */
  readonly owner?: string;
  /** The first ones, from number 0 on. */
  readonly events: readonly string[];
}

/** Events that come one after the other, each as JSON. */
export interface RunEvents {
  /** The `sequence_number` of the first of them. */
  readonly first: number;
  readonly events: readonly string[];
}

/**
 * What has become of a run. What the store has already it does not take again, so a part whose fate is unknown may be sent once more, as
 * it was.
 */
export interface RunPart extends RunEvents {
  readonly id: string;
  /** With these events it has ended. */
  readonly ended: boolean;
}

/** What others want of a run: that it ends as cancelled, or that it says that it goes on. */
export type RunWish = "cancel" | "beat";

/** What a process is told of its run. */
export interface RunOrder {
  readonly id: string;
  /**
   * `kept`: the part is here. `full`: it is not, since there is no room; the run goes on, and of its events only the last is taken.
   * `lost`: the run is not this process' any more, or was deleted; it must end and must not be stored.
   */
  readonly state: "kept" | "full" | "lost";
  /** Each is told once, but for `cancel`, which is told until the run has ended. */
  readonly wishes: readonly RunWish[];
}

/** Whose events are asked for, from which number on. */
export interface RunQuery {
  readonly id: string;
  readonly from: number;
}

/** What there is of a run. */
export interface RunReading {
  readonly id: string;
  readonly owner?: string;
  /** In order. They may begin before what was asked for; there is a gap before the last event of a run that found no room. */
  readonly parts: readonly RunEvents[];
  /** The last event is among the parts, or before what was asked for. */
  readonly ended: boolean;
  /** There are more already than fitted into this answer. */
  readonly more: boolean;
}

/** A run whose process was dead, and what is left to do with it. */
export interface TakenRun {
  readonly id: string;
  /** The number that its next event has. */
  readonly next: number;
  /** It has ended, but that is not stored. */
  readonly ended: boolean;
  /** It was to be cancelled. */
  readonly cancelled: boolean;
}

/** What a store of runs may hold. */
export interface RunBounds {
  /** How long a process that says nothing is taken for alive, in ms. */
  readonly leaseMs: number;
  /** How long a settled run can be streamed again, in ms. */
  readonly keptMs: number;
  /** Runs that go on. */
  readonly running: number;
  /** Settled ones; the oldest go first. */
  readonly settled: number;
  /** Characters of events, of one run and of all. */
  readonly charactersEach: number;
  readonly characters: number;
}

/** The bounds where nothing else is said. */
export const usualRunBounds: RunBounds = {
  leaseMs: 5000,
  keptMs: 600_000,
  running: 1000,
  settled: 256,
  charactersEach: 16_777_216,
  characters: 268_435_456,
};
