import type { StartTimer } from "../stream/with-idle-timeout.ts";
import { fromWorkerFailure, type FromWorker, type ToWorker } from "./control.ts";

/** What it tells once it was told to start. */
export type StartedMessage = Exclude<FromWorker, { readonly ready: true }>;

/** Where a worker listens, and whether anybody may ask there. */
export type ListeningMessage = Extract<FromWorker, { readonly listening: string }>;

/** How a process ended. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A process that was started, as the supervisor needs it. */
export interface WorkerProcess {
  /** Of the operating system; `undefined` if it could not be started. */
  readonly pid: number | undefined;
  tell(message: ToWorker): void;
  /** One listener. */
  onMessage(take: (message: StartedMessage) => void): void;
  /** Called once. */
  onEnd(take: (end: WorkerEnd) => void): void;
  /** Ends it at once. */
  kill(): void;
}

/** What workers are supervised with. */
export interface SupervisorOptions {
  readonly count: number;
  /** Starts a process, and tells it to start as the worker of this number. */
  readonly launch: (worker: number) => WorkerProcess;
  readonly log: {
    debug(fields: object, text: string): void;
    info(fields: object, text: string): void;
    error(fields: object, text: string): void;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** How long workers may take to stop, in ms; then they are killed. */
  readonly stopWithinMs: number;
  /** Told once, when the gateway stops, if any answer is waited for. */
  readonly onWaiting: () => void;
}

/** The workers of a gateway. */
export interface Supervisor {
  /** Starts all; resolves with what the first has told when all of them listen. Rejects with why the first did not, when none is left. */
  start(): Promise<ListeningMessage>;
  /** Tells one of them, which listens. */
  tellOne(message: ToWorker): void;
  /** Replaces them one after the other: each goes when its successor listens. Once more, if it is under way. */
  roll(): void;
  /** Has all finish, and resolves when all have ended. Idempotent. */
  stop(): Promise<void>;
  /** Ends all at once. */
  kill(): void;
}

interface Member {
  readonly process: WorkerProcess;
  readonly ended: Promise<WorkerEnd>;
}

/** A worker's place. */
interface Slot {
  readonly worker: number;
  /** Listens. */
  current?: Member | undefined;
  /** Is to take its place. */
  next?: Member | undefined;
  /** How often in a row it has died young. */
  deaths: number;
  listensSince: number;
}

/** Who lived so long did not die of its start. */
const adultMs = 60_000;
const firstWaitMs = 250;
const longestWaitMs = 30_000;

/** Creates the supervisor; nothing is started yet. */
export function supervise(options: SupervisorOptions): Supervisor {
  const { count, launch, log, now, startTimer, stopWithinMs, onWaiting } = options;
  const slots: readonly Slot[] = Array.from({ length: count }, (_, index) => ({
    worker: index + 1,
    deaths: 0,
    listensSince: 0,
  }));
  const members = new Set<Member>();
  const timers = new Set<() => void>();
  let stopped: Promise<void> | undefined;
  let rolling: Promise<void> | undefined;
  let rollAgain = false;
  let hasTold = false;

  /** Starts the next process of a slot; resolves with what it tells when it has taken the place. Rejects when it does not. */
  function fill(slot: Slot): Promise<ListeningMessage> {
    const process = launch(slot.worker);
    return new Promise((resolve, reject) => {
      let failure: Error | undefined;
      const ended = new Promise<WorkerEnd>((settle) => process.onEnd(settle));
      const member: Member = { process, ended };
      members.add(member);
      slot.next = member;
      const { worker } = slot;
      log.debug(
        { event: "worker-start", worker, pid: process.pid },
        `worker ${worker} is process ${process.pid}`,
      );
      process.onMessage((message) => {
        if ("failed" in message) failure = fromWorkerFailure(message.failed);
        else if ("stopping" in message) tellOfWaiting(message.stopping);
        else {
          take(slot, member);
          resolve(message);
        }
      });
      void ended.then((end) => leave(slot, member, end, (why) => reject(failure ?? why)));
    });
  }

  /** A process is no more. `fail` is for those who wait for its start. */
  function leave(slot: Slot, member: Member, end: WorkerEnd, fail: (why: Error) => void): void {
    members.delete(member);
    if (slot.next === member) slot.next = undefined;
    fail(new Error(`a worker ${describeEnd(end)} before it could listen`));
    if (slot.current === member) mourn(slot, end);
  }

  function take(slot: Slot, member: Member): void {
    const { current } = slot;
    slot.next = undefined;
    slot.current = member;
    slot.listensSince = now();
    current?.process.tell({ do: "retire" });
  }

  /** A worker has died that nobody told to. */
  function mourn(slot: Slot, end: WorkerEnd): void {
    slot.current = undefined;
    if (stopped !== undefined) return;
    if (now() - slot.listensSince >= adultMs) slot.deaths = 0;
    const { worker } = slot;
    log.error({ event: "worker-died", worker, ...end }, `worker ${worker} ${describeEnd(end)}`);
    refill(slot);
  }

  function refill(slot: Slot): void {
    const { deaths, worker } = slot;
    const waitMs = deaths === 0 ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (deaths - 1));
    slot.deaths += 1;
    const stopTimer = startTimer(waitMs, () => {
      timers.delete(stopTimer);
      // A rolling restart may have done it.
      if (slot.current !== undefined || slot.next !== undefined) return;
      fill(slot).then(
        () => log.info({ event: "worker-back", worker }, `worker ${worker} was started again`),
        (error: unknown) => {
          if (stopped !== undefined) return;
          tellOfFailure(worker, error);
          refill(slot);
        },
      );
    });
    timers.add(stopTimer);
  }

  function tellOfFailure(worker: number, error: unknown): void {
    log.error({ event: "worker-failed", worker, err: error }, `worker ${worker} could not start`);
  }

  function tellOfWaiting(running: number): void {
    if (hasTold || running === 0 || stopped === undefined) return;
    hasTold = true;
    onWaiting();
  }

  async function rollOnce(): Promise<void> {
    log.info({ event: "roll", workers: count }, `${count} workers are replaced one after the other`);
    for (const slot of slots) {
      if (stopped !== undefined) return;
      // Somebody else's is on its way, and as new.
      if (slot.next !== undefined) continue;
      try {
        await fill(slot);
      } catch (error) {
        if (stopped !== undefined) return;
        tellOfFailure(slot.worker, error);
        if (slot.current === undefined) refill(slot);
        log.error({ event: "roll-failed" }, "the other workers go on as they are");
        return;
      }
    }
    log.info({ event: "rolled", workers: count }, `${count} workers were replaced`);
  }

  async function rollAll(): Promise<void> {
    do {
      rollAgain = false;
      await rollOnce();
    } while (rollAgain);
    rolling = undefined;
  }

  function kill(): void {
    for (const { process } of members) process.kill();
  }

  async function stop(): Promise<void> {
    for (const stopTimer of timers) stopTimer();
    // They serve nobody yet.
    for (const { next } of slots) next?.process.kill();
    for (const { process } of members) process.tell({ do: "stop" });
    const stopTimer = startTimer(stopWithinMs, () => {
      log.error({ event: "kill", workers: members.size }, "workers that did not stop in time are killed");
      kill();
    });
    await Promise.all([...members].map(({ ended }) => ended));
    stopTimer();
  }

  return {
    async start() {
      const outcomes = await Promise.allSettled(slots.map(fill));
      const failed = outcomes.find((outcome) => outcome.status === "rejected");
      const [first] = outcomes;
      if (failed === undefined && first?.status === "fulfilled") return first.value;
      stopped ??= stop();
      await stopped;
      throw failed?.reason ?? new Error("there are no workers");
    },
    tellOne(message) {
      slots.find(({ current }) => current !== undefined)?.current?.process.tell(message);
    },
    roll() {
      if (rolling === undefined) rolling = rollAll();
      else rollAgain = true;
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
    kill,
  };
}

function describeEnd({ code, signal }: WorkerEnd): string {
  if (code === null && signal === null) return "was not there";
  return signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
}
