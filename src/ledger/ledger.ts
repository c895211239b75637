import type { LedgerActivity, LedgerActivityQuery } from "./activity.ts";
import type { LedgerRow, Outcome } from "./ledger-row.ts";

/** Which rows. All that is given must hold. */
export interface LedgerFilter {
  /** ms since the epoch; the first is in it, the last is not. */
  readonly from?: number;
  readonly to?: number;
  /** A key's id; `null`: those without a key. */
  readonly key?: string | null;
  readonly model?: string;
  readonly upstream?: string;
  readonly dialect?: string;
  readonly outcome?: Outcome;
  readonly error?: string;
  readonly session?: string;
  /** The row's own id. */
  readonly id?: string;
}

/** A page of rows, the newest first. */
export interface LedgerPageQuery extends LedgerFilter {
  /** 1 to 1000. */
  readonly limit: number;
  /** Where the page before it ended: its `next`. */
  readonly after?: string;
}

/** A page. */
export interface LedgerPage {
  readonly rows: readonly LedgerRow[];
  /** Given when there are more. */
  readonly next?: string;
}

/** What sums are told apart by: at most two of them. */
export type LedgerGroup = "key" | "model" | "day" | "hour" | "upstream" | "dialect" | "error" | "client";

/** What is to be summed up. */
export interface LedgerSumQuery extends Pick<
  LedgerFilter,
  "from" | "to" | "key" | "model" | "upstream" | "dialect"
> {
  readonly by: readonly LedgerGroup[];
}

/** A sum over rows. */
export interface LedgerSum {
  /** By the groups that were asked for; `day` as `2026-11-27`, `hour` as `2026-11-27T09`, both in UTC; `null`: rows that have none. */
  readonly group: Readonly<Partial<Record<LedgerGroup, string | null>>>;
  readonly requests: number;
  readonly answered: number;
  readonly failed: number;
  readonly refused: number;
  readonly left: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly nanoUsd: number;
  /** Sums in ms and how many rows they are of: for means. */
  readonly ms: number;
  readonly firstTokenMs: number;
  readonly firstTokens: number;
}

/** What came of each request, for a while. Reading rejects with `StoreError` while it can't be. */
export interface Ledger {
  /** Notes a request. Never waits and never throws: what there is no room for is dropped and counted. */
  add(row: LedgerRow): void;
  /** How many rows were dropped since the start. */
  readonly dropped: number;
  list(query: LedgerPageQuery): Promise<LedgerPage>;
  sum(query: LedgerSumQuery): Promise<readonly LedgerSum[]>;
  /** What happened, step by step. */
  activity(query: LedgerActivityQuery): Promise<LedgerActivity>;
  /** Resolves when all that was noted so far is kept, or dropped. */
  flush(): Promise<void>;
}
