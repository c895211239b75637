import { Worker } from "node:worker_threads";

import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import {
  DatabaseError,
  type Outcome,
  type WorkerAnswer,
  type WorkerRequest,
  type WorkerSettings,
} from "./protocol.ts";
import { siblingModule } from "./sibling-module.ts";

/** A question without its number. */
export type Question = WorkerRequest extends infer R ? (R extends unknown ? Omit<R, "id"> : never) : never;

/** The thread of one database, as the main thread sees it. */
export interface DatabaseThread {
  /** Rejects with a `DatabaseError` when the thread ends, or does not answer in time. */
  ask(question: Question): Promise<readonly Outcome[]>;
  /** Ends the thread after what it was asked. Resolves also when it can't be ended, since a call of the file system does not return. */
  close(): Promise<void>;
}

interface Waiting {
  readonly stopTimer: () => void;
  resolve(outcomes: readonly Outcome[]): void;
  reject(error: DatabaseError): void;
}

interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  readonly ended: Promise<void>;
  /** It was told to end at once, and does unless the file system keeps it. */
  isTerminated: boolean;
}

/** How long a thread that is to end at once may take, in ms; then the file system keeps it, perhaps for ever. */
const terminateMs = 1000;

/**
 * Starts the worker when it is first asked. One that crashed, or that did not answer within `answerWaitMs` and was
 * ended for it, is replaced at the next question. It never keeps the process alive but while an answer is awaited.
 */
export function createDatabaseThread(
  settings: WorkerSettings,
  { answerWaitMs, startTimer }: { readonly answerWaitMs: number; readonly startTimer: StartTimer },
): DatabaseThread {
  let running: Running | undefined;
  let lastId = 0;

  function start(): Running {
    const worker = new Worker(siblingModule(import.meta.url, "database-worker"), {
      workerData: settings,
      // A thread has the options of its process by itself, and may not be given those of V8 (`--max-old-space-size`).
      // It only can't have the one that only a program on the command line may have.
      ...(process.execArgv.some((option) => option.startsWith("--input-type")) ? { execArgv: [] } : {}),
    });
    const waiting = new Map<number, Waiting>();
    let reason = "its thread ended";
    worker.on("message", ({ id, outcomes }: WorkerAnswer) => {
      waiting.get(id)?.resolve(outcomes);
      settled(id);
    });
    worker.on("error", (error) => {
      reason = `its thread failed: ${error instanceof Error ? error.message : String(error)}`;
    });
    const ended = new Promise<void>((resolve) => {
      worker.on("exit", () => {
        if (running?.worker === worker) running = undefined;
        for (const [id, question] of waiting) {
          question.reject(new DatabaseError("unavailable", reason));
          settled(id);
        }
        resolve();
      });
    });

    function settled(id: number): void {
      waiting.get(id)?.stopTimer();
      waiting.delete(id);
      if (waiting.size === 0) worker.unref();
    }

    worker.unref();
    return { worker, waiting, ended, isTerminated: false };
  }

  function terminate(thread: Running): void {
    thread.isTerminated = true;
    void thread.worker.terminate();
  }

  /** Resolves after so many ms, or when a thread has ended. */
  async function waitForEnd({ ended }: Running, milliseconds: number): Promise<void> {
    let stopTimer: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      stopTimer = startTimer(milliseconds, resolve);
    });
    await Promise.race([ended, late]);
    stopTimer?.();
  }

  return {
    ask(question) {
      running ??= start();
      const asked = running;
      const { worker, waiting } = asked;
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        const stopTimer = startTimer(answerWaitMs, () => {
          reject(new DatabaseError("unavailable", `no answer within ${answerWaitMs} ms`));
          // What else waits for it is told by its end.
          terminate(asked);
        });
        waiting.set(id, { resolve, reject, stopTimer });
        worker.ref();
        worker.postMessage({ ...question, id });
      });
    },
    async close() {
      if (running === undefined) return;
      const last = running;
      last.worker.ref();
      last.worker.postMessage("close");
      if (!last.isTerminated) await waitForEnd(last, answerWaitMs);
      if (running !== last) return;
      terminate(last);
      // It stays what keeps the process, so that whoever ends that sees that something does.
      await waitForEnd(last, terminateMs);
    },
  };
}
