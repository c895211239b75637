import type { Trace } from "./trace.ts";

/** What a list shows of a trace. */
export type TraceSummary = Pick<
  Trace,
  "id" | "request_id" | "created_at" | "model" | "dialect" | "key" | "ms" | "verdict"
>;

/** Where traces are kept for a while, bounded in number, size and age. Rejects with `StoreError` while it can't be asked. */
export interface TraceStore {
  /** Keeps a trace. Never waits and never throws: what there is no room for is dropped. */
  put(trace: Trace): void;
  /** By its own id, or the newest with this id of a request. */
  get(id: string): Promise<Trace | undefined>;
  /** The newest first. */
  list(limit: number): Promise<readonly TraceSummary[]>;
}
