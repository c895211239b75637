import { GatewayError } from "../errors.ts";

/** A stored Responses API answer. `response` and `inputItems` are the wire objects, ready to be sent again. */
export interface StoredResponse {
  readonly id: string;
  readonly previousId: string | undefined;
  /** The id of the key that made it. Absent: nobody's own. */
  readonly owner?: string;
  /** Unix time in s. */
  readonly createdAt: number;
  readonly response: Readonly<Record<string, unknown>>;
  readonly inputItems: readonly Readonly<Record<string, unknown>>[];
}

/** What the message of each problem of a store says to the API user. */
const storeProblems = {
  "disk-full":
    "The disk that keeps the gateway's data (DATA_DIR) is full. Free some room there, then try again.",
  locked: "Another program locks the gateway's data (DATA_DIR). Try again when it has ended.",
  "queue-full": "Too many responses wait to be stored. Try again in a moment.",
  unavailable: "The gateway's stored data can't be used now; its log says why.",
} as const;

/** Why a store did not do something. */
export type StoreProblem = keyof typeof storeProblems;

/** How soon a store may be back, in ms. */
const storeRetryMs = 1000;

/** A store that did not do what it was asked: kind `overloaded`, because it may be able to later. `message`: where it keeps something else than responses. */
export class StoreError extends GatewayError {
  readonly problem: StoreProblem;

  constructor(problem: StoreProblem, cause: unknown, message: string = storeProblems[problem]) {
    super("overloaded", message, { cause, retryAfterMs: storeRetryMs });
    this.problem = problem;
  }
}

/** Where stored responses live. Everything rejects with a `StoreError` and no other. */
export interface ResponseStore {
  /** Why the last `put` failed; undefined while all is well. */
  readonly problem: StoreProblem | undefined;
  /** Whether other processes look here, too. They see what was put when that has resolved. */
  readonly isShared?: boolean;
  /** Sees what was put at once, also before it is written and for a while if it can't be. */
  get(id: string): Promise<StoredResponse | undefined>;
  /** Inserts or replaces. Evicts the oldest when full. */
  put(stored: StoredResponse): Promise<void>;
  /** False when there was none. What was only in memory is gone also when it rejects. */
  delete(id: string): Promise<boolean>;
  /** Waits for what was put. */
  close(): Promise<void>;
}

/** Where a failure is told that the store does not know. */
export interface ProblemLog {
  error(fields: object, text: string): void;
}

/**
 * Stores a response. An answer is good even if it can't be fetched again: so a failure is no error, but resolves with
 * what to tell the client. The operator is told by the store itself, or here if it failed in a way that it doesn't know.
 */
export async function tryToStore(
  store: ResponseStore,
  stored: StoredResponse,
  log: ProblemLog,
): Promise<StoreProblem | undefined> {
  try {
    await store.put(stored);
    return undefined;
  } catch (error) {
    if (error instanceof StoreError) return error.problem;
    log.error({ err: error }, "a response could not be stored");
    return "unavailable";
  }
}

/** The responses of one owner, in a store that has those of others, too: what is not its own, is not there. */
export function ownResponses(store: ResponseStore, owner: string): ResponseStore {
  async function get(id: string) {
    const stored = await store.get(id);
    return stored?.owner === owner ? stored : undefined;
  }

  return {
    get problem() {
      return store.problem;
    },
    isShared: store.isShared ?? false,
    get,
    put: (stored) => store.put({ ...stored, owner }),
    async delete(id) {
      return (await get(id)) === undefined ? false : store.delete(id);
    },
    close: () => store.close(),
  };
}
