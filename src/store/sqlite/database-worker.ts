/** The thread that owns one database: no statement ever runs on the main thread. Started by `createDatabase`. */
import { setTimeout as wait } from "node:timers/promises";
import type { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

import { openDatabase, problemOf } from "./open-database.ts";
import type { Outcome, Table, TableModule, WorkerAnswer, WorkerRequest, WorkerSettings } from "./protocol.ts";

/** How often a lock is tried, in ms. Waiting here instead of in SQLite lets reads pass a write that waits. */
const lockTryMs = 10;

if (parentPort === null) throw new Error("This module is a worker.");
const port = parentPort;
// Both threads run the same version of this program; the main thread made these and the messages below.
const { file, table: tableUrl, tableSettings, lockWaitMs } = workerData as WorkerSettings;
const tableModule = (await import(tableUrl)) as TableModule;

interface Open {
  readonly database: DatabaseSync;
  readonly table: Table<unknown, unknown>;
}

let open: Open | undefined;

function use(): Open {
  if (open !== undefined) return open;
  const database = (tableModule.openFile ?? openDatabase)(file);
  try {
    open = { database, table: tableModule.openTable(database, tableSettings) };
    return open;
  } catch (error) {
    database.close();
    throw error;
  }
}

function close(): void {
  open?.database.close();
  open = undefined;
}

function transact<T>({ database, table }: Open, action: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = action();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(database);
    table.forget?.();
    throw error;
  }
}

function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // The failure has ended the transaction already, as that of a full disk does.
  }
}

function writeOne(opened: Open, command: unknown): unknown {
  const write = () => transact(opened, () => opened.table.write(command));
  try {
    return write();
  } catch (error) {
    if (problemOf(error) !== "disk-full" || !opened.table.makeRoom(command)) throw error;
    return write();
  }
}

/**
 * Does something with the database. Waits for the locks of others until `deadline`. What fails in another way than
 * for want of room is tried once more on a new connection: the file may have been moved away, replaced or mended.
 */
async function attempt<T>(action: (opened: Open) => T, deadline: number): Promise<T> {
  for (let reopened = false; ;) {
    try {
      return action(use());
    } catch (error) {
      const problem = problemOf(error);
      if (problem === "disk-full" || (problem === "locked" && Date.now() >= deadline)) throw error;
      if (problem === "locked") {
        await wait(lockTryMs);
        continue;
      }
      close();
      if (reopened) throw error;
      reopened = true;
    }
  }
}

async function settle(action: (opened: Open) => unknown, deadline: number): Promise<Outcome> {
  try {
    return { ok: true, value: await attempt(action, deadline) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, problem: problemOf(error), message };
  }
}

async function writeAll(commands: readonly unknown[], deadline: number): Promise<readonly Outcome[]> {
  const together = await settle(
    (opened) => transact(opened, () => commands.map((command) => opened.table.write(command))),
    deadline,
  );
  if (together.ok) return (together.value as unknown[]).map((value) => ({ ok: true, value }));
  if (together.problem !== "disk-full") return commands.map(() => together);
  // One of them may be too large; the others shall not suffer for it.
  const outcomes: Outcome[] = [];
  for (const command of commands)
    outcomes.push(await settle((opened) => writeOne(opened, command), deadline));
  return outcomes;
}

async function perform(request: WorkerRequest): Promise<readonly Outcome[]> {
  const deadline = Date.now() + lockWaitMs;
  if (request.kind === "write") return writeAll(request.commands, deadline);
  return [
    await settle(({ table }) => (request.kind === "read" ? table.read(request.query) : undefined), deadline),
  ];
}

async function answer(request: WorkerRequest): Promise<void> {
  port.postMessage({ id: request.id, outcomes: await perform(request) } satisfies WorkerAnswer);
}

port.on("message", (request: WorkerRequest | "close") => {
  if (request !== "close") {
    void answer(request);
    return;
  }
  close();
  // Nothing else keeps the thread: it ends.
  port.close();
});
