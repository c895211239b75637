import type { LedgerFilter } from "./ledger.ts";
import type { LedgerRow } from "./ledger-row.ts";

/** Whether a row is one of those that a filter means. */
export function matches(row: LedgerRow, filter: LedgerFilter): boolean {
  const { from, to, key, model, upstream, dialect, outcome, error, session, id } = filter;
  return (
    (from === undefined || row.at >= from) &&
    (to === undefined || row.at < to) &&
    (key === undefined || (row.key ?? null) === key) &&
    (model === undefined || row.model === model) &&
    (upstream === undefined || row.upstream === upstream) &&
    (dialect === undefined || row.dialect === dialect) &&
    (outcome === undefined || row.outcome === outcome) &&
    (error === undefined || row.error === error) &&
    (session === undefined || row.session === session) &&
    (id === undefined || row.id === id)
  );
}
