import { createSqliteStore, type SqliteStoreOptions } from "../../src/store/sqlite-store.ts";
import type { ResponseStore, StoredResponse } from "../../src/store/response-store.ts";

/** A log line of a store. */
export interface StoreLine {
  readonly level: "error" | "info";
  readonly fields: unknown;
  readonly text: string;
}

/** A log that remembers, and a clock that the test moves. */
export interface RecordedWatch {
  readonly lines: StoreLine[];
  time: number;
  readonly options: Pick<SqliteStoreOptions, "log" | "now">;
}

/** Creates the watch that a store is given. */
export function recordWatch(): RecordedWatch {
  const lines: StoreLine[] = [];
  const note = (level: StoreLine["level"]) => (fields: unknown, text?: string) =>
    void lines.push(
      typeof fields === "string" ? { level, fields: {}, text: fields } : { level, fields, text: text ?? "" },
    );
  const watch: RecordedWatch = {
    lines,
    time: 0,
    options: { log: { error: note("error"), info: note("info") }, now: () => watch.time },
  };
  return watch;
}

/** Opens a file store that waits for locks as long as a test may last. */
export function openStore(directory: string, more: Partial<SqliteStoreOptions> = {}): Promise<ResponseStore> {
  const database = { lockWaitMs: 600_000, answerWaitMs: 600_000, ...more.database };
  return createSqliteStore({ ...recordWatch().options, directory, capacity: 1000, ...more, database });
}

/** A response to be stored. */
export function stored(id: string, text = "Ahoj 🌊"): StoredResponse {
  return {
    id,
    previousId: id === "resp_1" ? undefined : "resp_1",
    createdAt: 1_700_000_000,
    response: { id, object: "response", output: [{ type: "message", content: text }] },
    inputItems: [{ type: "message", role: "user", content: "hi\n\u2028" }],
  };
}
