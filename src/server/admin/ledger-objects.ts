import type { LedgerGroup, LedgerSum } from "../../ledger/ledger.ts";
import type { LedgerRow } from "../../ledger/ledger-row.ts";
import type { CsvValue } from "./encode-csv.ts";
import { encodeAttempts } from "../../model/attempt.ts";
import { nanoUsdPerUsd } from "../../model/cost-of.ts";

/** A request as the admin API shows it; every field is there, `null` where it has none. */
export function encodeRequest(row: LedgerRow) {
  return {
    object: "request",
    id: row.id,
    created_at: new Date(row.at).toISOString(),
    outcome: row.outcome,
    key: row.key ?? null,
    dialect: row.dialect ?? null,
    route: row.route,
    requested_model: row.requestedModel ?? null,
    model: row.model ?? null,
    upstream: row.upstream ?? null,
    attempts: row.attempts,
    status: row.status ?? null,
    finish_reason: row.finish ?? null,
    error: row.error ?? null,
    stream: row.stream ?? null,
    input_tokens: row.inputTokens ?? null,
    output_tokens: row.outputTokens ?? null,
    reasoning_tokens: row.reasoningTokens ?? null,
    estimated: row.estimated ?? null,
    cost_usd: row.nanoUsd === undefined ? null : row.nanoUsd / nanoUsdPerUsd,
    pictures: row.pictures ?? 0,
    repairs: row.repairs ?? 0,
    retries: row.retries ?? 0,
    first_token_ms: row.firstTokenMs ?? null,
    ms: row.ms,
    client: row.client ?? null,
    session: row.session ?? null,
    agent: row.agent ?? null,
    traced: row.traced ?? false,
  };
}

/** The columns of requests as CSV, and the cells of one. */
export const requestColumns = Object.keys(
  encodeRequest({ id: "", at: 0, outcome: "answered", route: "", attempts: [], ms: 0 }),
).filter((name) => name !== "object");

/** The cells of a request: its tries in one, as the header `x-upstream-attempts` has them. */
export function toRequestCells(row: LedgerRow): Readonly<Record<string, CsvValue>> {
  return { ...encodeRequest(row), attempts: encodeAttempts(row.attempts) };
}

const mean = (sum: number, count: number) => (count === 0 ? null : Math.round(sum / count));

/** A sum as the admin API shows it: its groups, with the names of keys where there are any, then its figures. */
export function encodeSum(sum: LedgerSum, keyNames: ReadonlyMap<string, string>) {
  const { key } = sum.group;
  return {
    ...sum.group,
    ...(key === undefined ? {} : { key_name: key === null ? null : (keyNames.get(key) ?? null) }),
    requests: sum.requests,
    answered: sum.answered,
    failed: sum.failed,
    refused: sum.refused,
    left: sum.left,
    input_tokens: sum.inputTokens,
    output_tokens: sum.outputTokens,
    reasoning_tokens: sum.reasoningTokens,
    cost_usd: sum.nanoUsd / nanoUsdPerUsd,
    mean_first_token_ms: mean(sum.firstTokenMs, sum.firstTokens),
    mean_ms: mean(sum.ms, sum.requests),
  };
}

/** The columns of sums by these groups as CSV. */
export function sumColumns(by: readonly LedgerGroup[]): readonly string[] {
  const group = Object.fromEntries(by.map((name) => [name, null]));
  const none = { requests: 0, answered: 0, failed: 0, refused: 0, left: 0 };
  const figures = { inputTokens: 0, outputTokens: 0, reasoningTokens: 0, nanoUsd: 0 };
  return Object.keys(
    encodeSum({ group, ...none, ...figures, ms: 0, firstTokenMs: 0, firstTokens: 0 }, new Map()),
  );
}
