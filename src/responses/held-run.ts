import type { ResponseObject, ResponseWriter } from "../dialects/openai-responses/index.ts";
import type { EventBatch } from "../model/events.ts";
import type { StoredResponse, StoreProblem } from "../store/response-store.ts";
import type { Source } from "../stream/source.ts";
import type { BackgroundRun, RunLog } from "./response-service.ts";

/** What a run needs. */
export interface RunOptions {
  readonly writer: ResponseWriter;
  readonly inputItems: StoredResponse["inputItems"];
  /** Begins the answer; `signal` aborts it. */
  readonly start: (signal: AbortSignal) => Source<EventBatch>;
  /** Keeps the response: when it is queued, and when it has ended. Resolves with the reason if it could not. */
  readonly save: (response: ResponseObject) => Promise<StoreProblem | undefined>;
  /** Takes back what was kept. Rejects with a `StoreError`. */
  readonly unsave: () => Promise<unknown>;
  readonly onEnd?: RunLog["onEnd"];
  /** The id of the key that made it. */
  readonly owner?: string;
}

/** A run as those know it who can end it: one of this process or of another. */
export interface HeldRun extends BackgroundRun {
  readonly owner: string | undefined;
  /** Whether it was ever stored. */
  readonly stored: boolean;
  /** Ends the run as cancelled and aborts the upstream; resolves when that is stored. */
  cancel(): Promise<void>;
  /** Ends the run without storing it. Rejects with a `StoreError` where others could not be told: for them it is cancelled, once they can. */
  discard(): Promise<void>;
}

/** A run of this process. */
export interface OwnRun extends HeldRun {
  readonly inputItems: StoredResponse["inputItems"];
}
