import type { TableModule } from "../../src/store/sqlite/protocol.ts";

/** What the table does when it is written to. */
export type UnrulyCommand = "exit" | "hang" | "throw" | "work";

/** A table whose commands harm the thread that runs them. */
export const openTable: TableModule<undefined, "count", UnrulyCommand>["openTable"] = (database) => {
  database.exec("CREATE TABLE IF NOT EXISTS done (x)");
  return {
    read: () => database.prepare("SELECT count(*) AS count FROM done").get()?.["count"],
    write(command) {
      database.exec("INSERT INTO done VALUES (1)");
      if (command === "exit") process.exit(3);
      if (command === "hang") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      if (command === "throw") throw new Error("unruly");
      return command;
    },
    makeRoom: () => false,
  };
};
