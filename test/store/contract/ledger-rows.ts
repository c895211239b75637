import * as fc from "fast-check";
import type { LedgerActivityQuery } from "../../../src/ledger/activity.ts";
import type { LedgerFilter, LedgerGroup, LedgerSumQuery } from "../../../src/ledger/ledger.ts";
import type { LedgerRow } from "../../../src/ledger/ledger-row.ts";

const hourMs = 3_600_000;

/** Midnight in UTC, and what the contract's clock shows, some days later. */
export const midnight = Date.UTC(2026, 10, 20);
export const noon = midnight + 4 * 24 * hourMs + 12 * hourMs;

/** A row that was answered, with what a test says of it. */
export function row(id: string, at: number, more: Partial<LedgerRow> = {}): LedgerRow {
  return { id, at, outcome: "answered", route: "POST /v1/messages", attempts: [], ms: 10, ...more };
}

/** A row of which all is known. */
export const fullRow: Required<LedgerRow> = {
  id: "req_full",
  at: midnight + 1,
  outcome: "failed",
  key: "key_1",
  dialect: "anthropic-messages",
  route: "POST /v1/messages",
  requestedModel: "claude-náhled 🌊",
  model: "DeepSeek-V3.2",
  upstream: "web",
  attempts: [
    { upstream: "web", model: "DeepSeek-V3.2", outcome: "overloaded", ms: 12 },
    { upstream: "mine", model: "qwen3", outcome: "answered", ms: 0 },
  ],
  status: 200,
  finish: "tool-calls",
  error: "upstream-truncated",
  stream: true,
  inputTokens: 1_099_511_627_776,
  outputTokens: 20,
  reasoningTokens: 5,
  estimated: true,
  nanoUsd: 900_000_000_000_000,
  pictures: 1,
  repairs: 2,
  retries: 3,
  firstTokenMs: 400,
  ms: 1700,
  client: "claude-cli/2.1.332 (external, cli)",
  session: "0b8f9e8e-53a4-4a0a-9c53-0d9c56bb1e52",
  agent: "a1",
  traced: true,
};

const keys = ["key_1", "key_2"];
const models = ["DeepSeek-V3.2", "Qwen3"];
const upstreams = ["web", "akashml"];
const dialects = ["openai-chat", "anthropic-messages"];
const clients = ["OpenAI/JS 7.0", "Zed"];
const sessions = ["s1", "s2"];
const outcomes = ["answered", "failed", "refused", "left"] as const;
const errors = ["overloaded", "rate-limited"] as const;

/** Few moments, many of them at the edge of an hour or a day, some in the last hour. */
const moment = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 4 * 24 }), fc.constantFrom(-1, 0, 1, 1_234_567))
      .map(([hours, off]) => midnight + hours * hourMs + off),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 48 }), fc.constantFrom(-1, 0, 1))
      .map(([steps, off]) => noon - steps * 75_000 + off),
  },
);

const count = fc.option(fc.nat(100_000), { nil: undefined });
const name = <T>(names: readonly T[]) => fc.option(fc.constantFrom(...names), { nil: undefined });

/** Drops what is `undefined`: in rows and queries that is the same as absent. */
function compact<T extends object>(value: T): T {
  // What is left out was undefined, and may be absent.
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}

/** Rows that share names and moments. */
export const anyRows: fc.Arbitrary<readonly LedgerRow[]> = fc.array(
  fc
    .record({
      id: fc.constantFrom("req_1", "req_2", "req_3"),
      at: moment,
      outcome: fc.constantFrom(...outcomes),
      route: fc.constantFrom("POST /v1/messages", "POST /v1/chat/completions"),
      attempts: fc.constantFrom([], fullRow.attempts),
      ms: fc.nat(100_000),
      key: name(keys),
      model: name(models),
      upstream: name(upstreams),
      dialect: name(dialects),
      client: name(clients),
      session: name(sessions),
      error: name(errors),
      inputTokens: count,
      outputTokens: count,
      reasoningTokens: count,
      nanoUsd: count,
      firstTokenMs: count,
    })
    // The records of rows may lack what is undefined here.
    .map((parts) => compact(parts) as LedgerRow),
  { minLength: 150, maxLength: 200, size: "max" },
);

const sumFilter = {
  from: fc.option(moment, { nil: undefined }),
  to: fc.option(moment, { nil: undefined }),
  key: fc.option(fc.constantFrom(...keys, null, "key_unknown"), { nil: undefined }),
  model: name([...models, "unknown"]),
  upstream: fc.option(fc.constantFrom(...upstreams), { nil: undefined, freq: 1 }),
  dialect: fc.option(fc.constantFrom(...dialects), { nil: undefined, freq: 1 }),
};

/** Filters, most of which find something in those rows. */
export const anyFilter: fc.Arbitrary<LedgerFilter> = fc
  .record({
    ...sumFilter,
    outcome: name(outcomes),
    error: name(errors),
    session: name(sessions),
    id: name(["req_1", "req_2"]),
  })
  .map((parts) => compact(parts) as LedgerFilter);

const groups: readonly LedgerGroup[] = [
  "key",
  "model",
  "day",
  "hour",
  "upstream",
  "dialect",
  "error",
  "client",
];
/** Sums by any two at most, with any filters. */
export const anySum: fc.Arbitrary<LedgerSumQuery> = fc
  .record({ ...sumFilter, by: fc.subarray([...groups], { maxLength: 2 }) })
  .map((parts) => compact(parts) as LedgerSumQuery);

/** Times of some days in steps of whole half hours, and of the last two hours in shorter ones. */
export const anyActivity: fc.Arbitrary<LedgerActivityQuery> = fc
  .oneof(
    fc.record({
      from: fc.integer({ min: -48, max: 5 * 48 }).map((halves) => midnight + halves * (hourMs / 2)),
      stepMs: fc.constantFrom(hourMs / 2, hourMs, 3.5 * hourMs, 15 * hourMs),
      steps: fc.integer({ min: 0, max: 48 }),
      key: fc.option(fc.constantFrom(...keys), { nil: undefined }),
    }),
    fc.record({
      from: fc.integer({ min: 1, max: 96 }).map((slots) => noon - slots * 75_000),
      stepMs: fc.constantFrom(75_000, hourMs / 2),
      steps: fc.integer({ min: 0, max: 48 }),
      key: fc.option(fc.constantFrom(...keys), { nil: undefined }),
    }),
  )
  .map(
    ({ steps, ...query }) =>
      compact({ ...query, to: query.from + steps * query.stepMs }) as LedgerActivityQuery,
  );
