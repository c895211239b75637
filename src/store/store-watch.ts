import type { Logger } from "pino";

import type { DatabaseError } from "./sqlite/protocol.ts";
import type { StoreProblem } from "./response-store.ts";

/** A problem that goes on is told again after so long, in ms. */
const silenceMs = 60_000;

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

/** Creates the watch of one store, by default of that of responses. */
export function createStoreWatch({ log, now }: StoreWatchOptions, words = responseWords): StoreWatch {
  const told = new Map<string, { readonly at: number; silent: number }>();
  let problem: StoreProblem | undefined;
  let recoveryIsNews = false;

  return {
    get problem() {
      return problem;
    },
    failed(call, error) {
      if (call === "put") problem = error.problem;
      const kind = `${call} ${error.problem}`;
      const last = told.get(kind);
      if (last !== undefined && now() - last.at < silenceMs) {
        last.silent += 1;
        return;
      }
      const silent = last?.silent ?? 0;
      told.set(kind, { at: now(), silent: 0 });
      if (call === "put") recoveryIsNews = true;
      // SQLite's words hold nothing of what is stored.
      const { problem: cause, message: reason } = error;
      log.error({ problem: cause, reason, ...(silent > 0 ? { silent } : {}) }, words[call]);
    },
    stored() {
      problem = undefined;
      if (!recoveryIsNews) return;
      recoveryIsNews = false;
      log.info(words.again);
    },
  };
}
