import { expect, test } from "vitest";

import type { OpenObject, RequestObject } from "../../../src/console/api/types.ts";
import type { NextTraceObject, TraceObject } from "../../../src/console/domain/requests/trace-types.ts";
import {
  findNew,
  findOpen,
  judgeRow,
  kindOf,
  meets,
  mergeRows,
  type RowFilter,
  shortRoute,
  writeFinish,
} from "../../../src/console/domain/requests/rows.ts";
import { toCsv } from "../../../src/console/domain/requests/to-csv.ts";
import { encodeCsv } from "../../../src/server/admin/encode-csv.ts";
import { encodeRequest, requestColumns, toRequestCells } from "../../../src/server/admin/ledger-objects.ts";
import type { Trace } from "../../../src/traces/trace.ts";
import { startTeam } from "../../support/start-team.ts";
import { fullRow, midnight, row as ledgerRow } from "../../store/contract/ledger-rows.ts";

/** What the server makes is what the console reads: else this does not compile. */
const toObject = (...given: Parameters<typeof ledgerRow>): RequestObject =>
  encodeRequest(ledgerRow(...given));

/** Likewise of a trace, and of the wish for the next one. */
export const readTrace = (trace: Trace): TraceObject => trace;

test("a wish for the next trace is told as the console reads it", async () => {
  await using team = await startTeam();
  const fields: Record<keyof NextTraceObject, true> = {
    state: true,
    key: true,
    expires_at: true,
    trace: true,
    request_id: true,
  };
  const told: object = (await team.admin("GET", "/traces/next")).json();
  expect(Object.keys(told)).toEqual(expect.arrayContaining(Object.keys(fields)));
});

test("rows that came are put in by their time, each once", () => {
  const [one, two, three] = [1, 2, 3].map((at) => toObject(`req_${at}`, midnight + at));
  if (one === undefined || two === undefined || three === undefined) throw new Error("three rows");
  const twice = toObject("req_2", midnight + 9);
  expect(findNew([three, one], [twice, three, two])).toEqual([twice, two]);
  expect(mergeRows([three, one], [twice, three, two])).toEqual([twice, three, two, one]);
});

test.each<[Partial<Parameters<typeof ledgerRow>[2]>, string]>([
  [{ outcome: "left" }, "client-left"],
  [{ outcome: "refused", error: "rate-limited" }, "refused"],
  [{ outcome: "failed", error: "model-not-found" }, "refused"],
  [
    {
      outcome: "failed",
      error: "upstream-timeout",
      attempts: [{ upstream: "web", model: "m", outcome: "x", ms: 1 }],
    },
    "failed",
  ],
  [
    {
      outcome: "failed",
      error: "upstream-truncated",
      firstTokenMs: 5,
      attempts: [{ upstream: "web", model: "m", outcome: "answered", ms: 1 }],
    },
    "broken-off",
  ],
  [{ finish: "tool-calls" }, "tool-called"],
  [{ finish: "length" }, "cut"],
  [{ finish: "stop" }, "answered"],
  [{}, "answered"],
])("a verdict without a trace: %j is %s", (fields, code) => {
  expect(judgeRow(toObject("req_1", midnight, fields))).toBe(code);
});

test.each([
  [{ error: "rate-limited", outcome: "refused" } as const, "key-limit"],
  [{ error: "budget-exhausted", outcome: "refused" } as const, "key-limit"],
  [{ error: "forbidden", outcome: "refused" } as const, "forbidden"],
  [{ error: "rate-limited", outcome: "failed" } as const, "rate-limited"],
  [{ error: null, outcome: "answered" } as const, undefined],
])("the kind of %j", (row, kind) => {
  expect(kindOf(row)).toBe(kind);
});

test.each([
  ["POST /v1/chat/completions", "chat"],
  ["POST /v1/messages", "messages"],
  ["POST /v1/messages/count_tokens", "messages/count_tokens"],
  ["POST /v1/images/generations", "images"],
  ["GET /health", "health"],
  ["POST /v1beta/models/*:generateContent", "generateContent"],
])("the route %s in a word", (route, word) => {
  expect(shortRoute(route)).toBe(word);
});

test.each([
  [null, null, undefined],
  ["tool-calls", "anthropic-messages", "tool_use"],
  ["tool-calls", "ollama-chat", "stop"],
  ["tool-calls", "openai-chat", "tool_calls"],
  ["content-filter", "openai-chat", "content_filter"],
  ["stop", "anthropic-messages", "stop"],
])("the finish %s of %s in the word of its API", (finish, dialect, word) => {
  expect(writeFinish(finish, dialect)).toBe(word);
});

const full = encodeRequest(fullRow);
test.each<[RowFilter, boolean]>([
  [{}, true],
  [{ text: full.id.slice(2, 6).toUpperCase() }, true],
  [{ text: "jan" }, true],
  [{ text: String(full.session) }, true],
  [{ text: "nowhere to be found" }, false],
  [{ repairs: "traced" }, full.traced],
  [{ repairs: "repaired" }, full.repairs + full.retries > 0],
])("a row meets %j: %s", (filter, isMet) => {
  expect(meets(full, filter, new Map([[full.key ?? "", "Jan"]]))).toBe(isMet);
});

test("a row that was neither traced nor repaired meets none of these", () => {
  const plain = toObject("req_1", midnight);
  expect([
    meets(plain, { repairs: "traced" }, new Map()),
    meets(plain, { repairs: "repaired" }, new Map()),
  ]).toEqual([false, false]);
});

const open: OpenObject = {
  id: "req_open",
  route: "POST /v1/messages",
  model: "DeepSeek-V3.2",
  upstream: "web",
  key: null,
  key_name: null,
  client: "claude-cli/2",
  stream: true,
  background: false,
  waits_for: "upstream-next-byte",
  first_token_ms: 5,
  ms: 9,
};
test.each([
  ["", true],
  ["model=DeepSeek-V3.2", true],
  ["model=other", false],
  ["key=none", true],
  ["key=key_1", false],
  ["upstream=web", true],
  ["q=CLAUDE", true],
  ["q=nothing", false],
  ["outcome=answered", false],
  ["error=aborted", false],
  ["repairs=traced", false],
  ["to=2026-11-27T09:00:00Z", false],
])("what is under way is in a list of %j: %s", (query, isThere) => {
  expect(findOpen([open], new URLSearchParams(query))).toEqual(isThere ? [open] : []);
});

test("the table as CSV is that of the API", () => {
  const rows = [
    fullRow,
    ledgerRow("req_odd", midnight, { client: '=cmd|"x",\n', session: "@s", requestedModel: "a,b" }),
    ...["＝1+1", " =1", "\u3000@x", "\n-1", "－1", "a\tb", "\t=1", "1-1"].map((client, place) =>
      ledgerRow(`req_${place}`, midnight, { client, nanoUsd: 100 }),
    ),
  ];
  expect(toCsv(rows.map(encodeRequest))).toBe(encodeCsv(requestColumns, rows.map(toRequestCells)));
  expect(toCsv([])).toBe("");
});
