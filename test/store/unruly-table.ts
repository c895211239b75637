import { execFileSync } from "node:child_process";

import type { TableModule } from "../../src/store/sqlite/protocol.ts";

/** What the table does when it is written to. */
export type UnrulyCommand = "exit" | "hang" | "throw" | "work" | { readonly waitAt: string };

/** A table whose commands harm the thread that runs them. */
export const openTable: TableModule<undefined, "count", UnrulyCommand>["openTable"] = (database) => {
  database.exec("CREATE TABLE IF NOT EXISTS done (x)");
  return {
    read: () => database.prepare("SELECT count(*) AS count FROM done").get()?.["count"],
    write(command) {
      database.exec("INSERT INTO done VALUES (1)");
      if (command === "exit") process.exit(3);
      if (command === "hang") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      // As a file system that does not answer does it: nothing ends the thread meanwhile.
      if (typeof command === "object")
        execFileSync("sh", ["-c", 'touch "$0.reached"; cat "$0"', command.waitAt], { stdio: "pipe" });
      if (command === "throw") throw new Error("unruly");
      return command;
    },
    makeRoom: () => false,
  };
};
