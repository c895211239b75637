import type { DatabaseSync } from "node:sqlite";

/**
 * Why a database did not do something: its disk has no room, another process holds its lock, too much waits to be
 * written, or anything else (damaged, taken away, not writable, no answer).
 */
export type DatabaseProblem = "disk-full" | "locked" | "queue-full" | "unavailable";

/** A database that did not do what it was asked. The message is for the log, not for clients. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly problem: DatabaseProblem;

  constructor(problem: DatabaseProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/** What one kind of data needs of its database. Lives in the worker; what goes in and out is cloned between threads. */
export interface Table<Query, Command> {
  /** Answers a question. */
  read(query: Query): unknown;
  /** Does a command. Runs inside a transaction, alone or with others. */
  write(command: Command): unknown;
  /**
   * Gives up what is worth less than `command`, which found no room. Runs outside of a transaction. False when there
   * is not enough to give up.
   */
  makeRoom(command: Command): boolean;
  /** A transaction was undone: what the table remembers of it never was. */
  readonly forget?: () => void;
}

/** What the module of a table exports. */
export interface TableModule<Settings = unknown, Query = unknown, Command = unknown> {
  /** Opens the file, where that is not to be done as `open-database.ts` does it. */
  readonly openFile?: (file: string) => DatabaseSync;
  /** Makes the schema where it is missing and prepares the statements. Throws what SQLite throws. */
  openTable(database: DatabaseSync, settings: Settings): Table<Query, Command>;
}

/** What the worker is started with. */
export interface WorkerSettings {
  readonly file: string;
  /** URL of a `TableModule`. */
  readonly table: string;
  readonly tableSettings: unknown;
  /** How long a call waits for the lock of another process, in ms. */
  readonly lockWaitMs: number;
}

/** What the worker is asked, besides `"close"`. It opens the database when it is first used, and again after it was lost. */
export type WorkerRequest =
  | { readonly id: number; readonly kind: "open" }
  | { readonly id: number; readonly kind: "read"; readonly query: unknown }
  | { readonly id: number; readonly kind: "write"; readonly commands: readonly unknown[] };

/** How a call ended. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: DatabaseProblem; readonly message: string };

/** What the worker answers: one outcome, or one for each command of a write. */
export interface WorkerAnswer {
  readonly id: number;
  readonly outcomes: readonly Outcome[];
}
