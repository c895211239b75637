import { spawn } from "node:child_process";
import { once } from "node:events";

/** Another process that holds the write lock of a database. */
export interface HeldLock extends AsyncDisposable {
  /** Gives the lock back and ends the process. */
  release(): Promise<void>;
}

const program = `
  const { DatabaseSync } = require("node:sqlite");
  const database = new DatabaseSync(process.argv[1]);
  database.exec("BEGIN IMMEDIATE");
  process.stdout.write("locked");
  process.stdin.resume().on("end", () => database.exec("COMMIT"));`;

/** Starts a process that takes the write lock of a database file, and resolves when it has it. */
export async function holdLock(file: string): Promise<HeldLock> {
  const child = spawn(process.execPath, ["--no-warnings", "-e", program, file], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  await Promise.race([
    once(child.stdout, "data"),
    ended.then(([code]) => {
      throw new Error(`The process that should take the lock ended with ${code}.`);
    }),
  ]);
  async function release(): Promise<void> {
    child.stdin.end();
    await ended;
  }
  return { release, [Symbol.asyncDispose]: release };
}
