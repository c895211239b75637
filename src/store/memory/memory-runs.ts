import {
  type RunBounds,
  type RunEvents,
  type RunOrder,
  type RunPart,
  type RunReading,
  type RunStart,
  type RunStore,
  type RunWish,
  type TakenRun,
  usualRunBounds,
} from "../../responses/run-store.ts";

/** What runs in memory are made from. */
export interface MemoryRunsOptions {
  /** Milliseconds of a clock; only differences count. */
  readonly now: () => number;
  readonly bounds?: Partial<RunBounds>;
}

interface Run {
  readonly id: string;
  readonly owner: string | undefined;
  process: string;
  state: "running" | "ended" | "settled";
  readonly parts: RunEvents[];
  next: number;
  characters: number;
  isFull: boolean;
  readonly wishes: Set<RunWish>;
  /** Since when it is settled. */
  settledAt: number;
}

/** So much is answered at once: parts of a run, and runs that are taken over. */
const partsAtOnce = 16;
const takenAtOnce = 50;

function lengthOf(events: readonly string[]): number {
  return events.reduce((sum, event) => sum + event.length, 0);
}

/** Runs of several processes that ask this one, forgotten when it ends. */
export function createMemoryRuns({ now, bounds }: MemoryRunsOptions): RunStore {
  const limits = { ...usualRunBounds, ...bounds };
  const { leaseMs, keptMs } = limits;
  const runs = new Map<string, Run>();
  /** Until when each process is taken for alive. */
  const leases = new Map<string, number>();
  let characters = 0;
  let running = 0;
  /** The oldest first. */
  const settled = new Set<Run>();
  let reapedAt = -Infinity;
  let steadySince = -Infinity;

  function remove(run: Run): void {
    runs.delete(run.id);
    settled.delete(run);
    if (run.state === "running") running -= 1;
    characters -= run.characters;
  }

  /** Makes room by what is settled; false where that is not enough. */
  function makeRoom(wanted: number): boolean {
    for (const run of settled) {
      if (characters + wanted <= limits.characters) break;
      remove(run);
    }
    return characters + wanted <= limits.characters;
  }

  function keep(run: Run, { first, events }: RunEvents): void {
    const size = lengthOf(events);
    run.parts.push({ first, events });
    run.next = first + events.length;
    run.characters += size;
    characters += size;
  }

  /** False for what found no room. The last events always do. */
  function add(run: Run, { first, events, ended }: RunPart): boolean {
    if (events.length === 0 || first < run.next) return true;
    const size = lengthOf(events);
    run.isFull ||= run.characters + size > limits.charactersEach || !makeRoom(size);
    if (run.isFull && !ended) return false;
    keep(run, { first, events });
    return true;
  }

  function appendTo(process: string, part: RunPart): RunOrder {
    const { id } = part;
    const run = runs.get(id);
    if (run?.process !== process || run.state === "settled") return { id, state: "lost", wishes: [] };
    const isKept = run.state === "ended" || add(run, part);
    if (part.ended && run.state === "running") {
      run.state = "ended";
      running -= 1;
      run.wishes.clear();
    }
    const wishes = [...run.wishes];
    run.wishes.delete("beat");
    return { id, state: isKept ? "kept" : "full", wishes };
  }

  function renew(process: string): void {
    leases.set(process, now() + leaseMs);
  }

  function isAlive(process: string): boolean {
    return (leases.get(process) ?? -Infinity) >= now();
  }

  /** Whether this store was asked without a break for so long that whoever lives has said so. */
  function isSteady(): boolean {
    if (now() - reapedAt > leaseMs / 2) steadySince = now();
    reapedAt = now();
    return now() - steadySince >= leaseMs;
  }

  function take(run: Run, process: string): TakenRun {
    run.process = process;
    const { id, next, state } = run;
    return { id, next, ended: state === "ended", cancelled: run.wishes.has("cancel") };
  }

  function readOne(id: string, from: number): readonly RunReading[] {
    const run = runs.get(id);
    if (run === undefined) return [];
    const { owner, state } = run;
    const later = run.parts.filter(({ first, events }) => first + events.length > from);
    const parts = later.slice(0, partsAtOnce);
    const own = owner === undefined ? {} : { owner };
    return [{ id, ...own, parts, ended: state !== "running", more: later.length > parts.length }];
  }

  function begin(process: string, { id, owner, events }: RunStart): boolean {
    renew(process);
    if (runs.has(id)) return true;
    if (running >= limits.running || !makeRoom(lengthOf(events))) return false;
    const run: Run = {
      id,
      owner,
      process,
      state: "running",
      parts: [],
      next: 0,
      characters: 0,
      isFull: false,
      wishes: new Set(),
      settledAt: 0,
    };
    runs.set(id, run);
    running += 1;
    keep(run, { first: 0, events });
    return true;
  }

  function forgetOld(): void {
    for (const run of settled) {
      if (settled.size <= limits.settled && now() - run.settledAt < keptMs) break;
      remove(run);
    }
    for (const [process, until] of leases) if (until < now() - leaseMs) leases.delete(process);
  }

  return {
    leaseMs,
    begin: async (process, run) => begin(process, run),
    async append(process, parts) {
      renew(process);
      return parts.map((part) => appendTo(process, part));
    },
    read: async (queries) => queries.flatMap(({ id, from }) => readOne(id, from)),
    async wish(id, wish) {
      const run = runs.get(id);
      if (run?.state !== "running") return false;
      run.wishes.add(wish);
      return true;
    },
    async reap(process) {
      renew(process);
      forgetOld();
      if (!isSteady()) return [];
      const dead = [...runs.values()].filter((run) => run.state !== "settled" && !isAlive(run.process));
      return dead.slice(0, takenAtOnce).map((run) => take(run, process));
    },
    async settle(process, id) {
      const run = runs.get(id);
      if (run === undefined) return "gone";
      if (run.process !== process) return "taken";
      if (run.state === "ended") {
        run.state = "settled";
        run.settledAt = now();
        settled.add(run);
        forgetOld();
      }
      return "settled";
    },
    async forget(id) {
      const run = runs.get(id);
      if (run !== undefined) remove(run);
    },
    async leave(process) {
      leases.delete(process);
    },
  };
}
