import type { LedgerRow } from "../../ledger/ledger-row.ts";
import type { Trace } from "../../traces/trace.ts";
import type { StoreProblem } from "../response-store.ts";
import type { Stores } from "../stores.ts";
import type { CallName } from "./store-calls.ts";

/** What is said to the process that has the stores. All is done in the order in which it was said. */
export type ToStores =
  | { readonly id: number; readonly call: CallName; readonly of: readonly unknown[] }
  /** A reservation, its tokens and its price. Nothing comes back. */
  | { readonly settle: readonly [id: string, tokens: number, nanoUsd: number] }
  | { readonly row: LedgerRow }
  | { readonly trace: Trace };

/** What came of a call. */
export type CallAnswer =
  | { readonly id: number; readonly value?: unknown }
  | { readonly id: number; readonly failed: { readonly problem: StoreProblem; readonly message: string } };

/** What that process says. */
export type FromStores =
  | CallAnswer
  /** Keys are not what they were; the first message says how it begins. */
  | {
      readonly keys: { readonly isEmpty: boolean };
      readonly hasRuns?: boolean;
      readonly place?: Stores["place"];
    }
  /** So many rows were taken since this was last said. */
  | { readonly rows: number };

/** Rows are acknowledged in such steps. */
export const rowStep = 100;
