import { startRealTimer } from "../../stream/real-timer.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { createDatabaseThread } from "./database-thread.ts";
import { DatabaseError, type Outcome } from "./protocol.ts";

/** What a database is made from. */
export interface DatabaseOptions {
  readonly file: string;
  /** The `TableModule` that the worker loads. */
  readonly table: URL;
  /** Given to the table; cloned between threads. */
  readonly tableSettings: unknown;
  /** How long a call waits for the lock of another process, in ms. */
  readonly lockWaitMs?: number;
  /** After so many ms without an answer the thread is replaced. */
  readonly answerWaitMs?: number;
  /** How many writes may wait, and how large they may be together, in the unit that `write` is given. */
  readonly maximumWaiting?: number;
  readonly maximumWaitingSize?: number;
  readonly startTimer?: StartTimer;
}

/** A database whose statements run in a thread of its own. Everything rejects with a `DatabaseError`. */
export interface Database<Query, Command> {
  /** Opens the file now, to see whether it can be used. */
  open(): Promise<void>;
  /** Asks the table. Not kept waiting by writes. */
  read(query: Query): Promise<unknown>;
  /**
   * Has the table do something. One batch is written at a time; what comes meanwhile is the next one, in order.
   * Rejects at once, with the problem `queue-full`, when too much waits already.
   */
  write(command: Command, size: number): Promise<unknown>;
  /** Waits for what was accepted, then ends the thread. Idempotent. */
  close(): Promise<void>;
}

interface Write {
  readonly command: unknown;
  readonly size: number;
  settle(outcome: Outcome | undefined): void;
  reject(error: unknown): void;
}

function valueOf(outcome: Outcome | undefined): unknown {
  if (outcome?.ok === true) return outcome.value;
  throw new DatabaseError(outcome?.problem ?? "unavailable", outcome?.message ?? "no outcome");
}

/** Creates a database; its file is opened when it is first used. */
export function createDatabase<Query, Command>(options: DatabaseOptions): Database<Query, Command> {
  const { lockWaitMs = 2000, answerWaitMs = 10_000 } = options;
  const { maximumWaiting = 256, maximumWaitingSize = 67_108_864, startTimer = startRealTimer } = options;
  const thread = createDatabaseThread(
    { file: options.file, table: options.table.href, tableSettings: options.tableSettings, lockWaitMs },
    { answerWaitMs, startTimer },
  );
  let queue: Write[] = [];
  /** Of all writes that have no outcome yet. */
  let waiting = 0;
  let waitingSize = 0;
  let writing: Promise<void> | undefined;
  let closed: Promise<void> | undefined;

  async function writeBatch(batch: readonly Write[]): Promise<void> {
    try {
      const outcomes = await thread.ask({ kind: "write", commands: batch.map(({ command }) => command) });
      for (const [index, write] of batch.entries()) write.settle(outcomes[index]);
    } catch (error) {
      for (const write of batch) write.reject(error);
    }
  }

  async function writeAll(): Promise<void> {
    // What one turn of the event loop brings is written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      await writeBatch(batch);
      waiting -= batch.length;
      for (const { size } of batch) waitingSize -= size;
    }
    writing = undefined;
  }

  async function close(): Promise<void> {
    await writing;
    await thread.close();
  }

  return {
    async open() {
      valueOf((await thread.ask({ kind: "open" }))[0]);
    },
    async read(query) {
      if (closed !== undefined) throw new DatabaseError("unavailable", "closed");
      return valueOf((await thread.ask({ kind: "read", query }))[0]);
    },
    async write(command, size) {
      if (closed !== undefined) throw new DatabaseError("unavailable", "closed");
      if (waiting >= maximumWaiting || waitingSize + size > maximumWaitingSize) {
        throw new DatabaseError("queue-full", `${waiting} writes wait already`);
      }
      waiting += 1;
      waitingSize += size;
      const outcome = new Promise<Outcome | undefined>((settle, reject) => {
        queue.push({ command, size, settle, reject });
      });
      writing ??= writeAll();
      return valueOf(await outcome);
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}
