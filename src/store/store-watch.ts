import type { Logger } from "pino";

import { createSilence } from "./create-silence.ts";
import { type KeptFile, tellFile } from "./kept-file.ts";
import type { DatabaseError } from "./sqlite/protocol.ts";
import type { StoreProblem } from "./response-store.ts";

/** What a watch needs. */
export interface StoreWatchOptions {
  readonly log: Pick<Logger, "error" | "info">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Tells the operator of a store's failures: each kind once a minute, however many requests meet it. */
export interface StoreWatch {
  /** Why the last write failed; undefined while all is well. */
  readonly problem: StoreProblem | undefined;
  failed(call: "get" | "put" | "delete", error: DatabaseError): void;
  /** A put succeeded. */
  stored(): void;
}

/** What a watch says to the operator. */
export interface StoreWords {
  readonly get: string;
  readonly put: string;
  readonly delete: string;
  /** A put succeeds after some that failed. */
  readonly again: string;
}

const responseWords: StoreWords = {
  get: "a stored response could not be read",
  put: "a response could not be stored",
  delete: "a stored response could not be deleted",
  again: "responses are stored again",
};

/** Creates the watch of one store, by default of that of responses, which keeps it in `file` if in any. */
export function createStoreWatch(
  { log, now }: StoreWatchOptions,
  { words = responseWords, file }: { readonly words?: StoreWords; readonly file?: KeptFile } = {},
): StoreWatch {
  const tellNow = createSilence(now);
  let problem: StoreProblem | undefined;
  let recoveryIsNews = false;

  return {
    get problem() {
      return problem;
    },
    failed(call, error) {
      if (call === "put") problem = error.problem;
      const silent = tellNow(`${call} ${error.problem}`);
      if (silent === undefined) return;
      if (call === "put") recoveryIsNews = true;
      // SQLite's words hold nothing of what is stored.
      const { problem: cause, message: reason } = error;
      const fields = { problem: cause, reason, ...tellFile(file, cause), ...(silent > 0 ? { silent } : {}) };
      log.error(fields, words[call]);
    },
    stored() {
      problem = undefined;
      if (!recoveryIsNews) return;
      recoveryIsNews = false;
      log.info(words.again);
    },
  };
}
