import { expect, test } from "vitest";

import type { TraceObject, TurnObject } from "../../../src/console/domain/requests/trace-types.ts";
import type { AttemptObject } from "../../../src/console/api/types.ts";
import { linkParts } from "../../../src/console/domain/requests/link-parts.ts";
import { findAxis, toRowTimeline, toTimeline } from "../../../src/console/domain/requests/timeline.ts";
import { encodeRequest } from "../../../src/server/admin/ledger-objects.ts";
import { midnight, row } from "../../store/contract/ledger-rows.ts";

const attempt = (upstream: string, outcome: string, ms: number): AttemptObject => ({
  upstream,
  model: "m",
  outcome,
  ms,
});
const turnOf = (
  began: number,
  first: number | null,
  ended: number,
  more: Partial<TurnObject> = {},
): TurnObject => ({
  began_ms: began,
  first_ms: first,
  ended_ms: ended,
  raw: [],
  parts: [],
  blocks: [],
  outcome: "kept",
  ...more,
});
const traceOf = (
  attempts: readonly AttemptObject[],
  turns: readonly TurnObject[],
  ms: number,
): TraceObject => ({
  id: "trace_1",
  request_id: "req_1",
  created_at: "2026-11-27T00:00:00.000Z",
  verdict: { code: "answered", text: "" },
  ms,
  key: null,
  dialect: null,
  requested_model: null,
  model: null,
  settlement: null,
  request: { method: "POST", route: "/v1/messages", headers: {}, body: null, tools: [] },
  attempts,
  exchanges: [],
  turns,
  answer: { status: 200, client_left: false, error: null, message: null, finish: "stop", body: null },
});

test("a try that failed, one that answered, and a turn that was asked again", () => {
  const trace = traceOf(
    [attempt("web", "rate-limited", 40), attempt("paid", "answered", 50)],
    [
      turnOf(5, null, 45, { outcome: "failed", reason: "rate-limited" }),
      turnOf(46, 60, 100, { outcome: "asked_again" }),
      turnOf(101, 120, 150, { blocks: [{ kind: "text", text: "Yes", from_ms: 121, to_ms: 149 }] }),
    ],
    152,
  );
  const links = linkParts([{ kind: "text", text: "Yes" }], trace.turns);
  expect(links).toEqual([{ turn: 2, block: 0 }]);
  const rows = toTimeline(trace, links, true);
  expect(
    rows.map(({ kind, attempt: number, upstream, turn, isRepair, ms }) => [
      kind,
      number,
      upstream,
      turn,
      isRepair,
      ms,
    ]),
  ).toEqual([
    ["gateway", undefined, undefined, undefined, undefined, 5],
    ["attempt", 1, "web", 0, false, 40],
    ["attempt", 2, "paid", 1, false, 54],
    ["attempt", 2, "paid", 2, true, 49],
    ["client", undefined, undefined, undefined, undefined, 152],
  ]);
  expect(rows[1]).toMatchObject({ failed: { at: 45, kind: "rate-limited" }, isFollowed: true });
  expect(rows[2]).toMatchObject({
    firstByte: 60,
    isFollowed: false,
    bars: [{ kind: "wait", from: 46, to: 60 }],
  });
  expect(rows[4]?.bars).toEqual([{ kind: "text", from: 121, to: 149 }]);
});

test("tries without turns, as of pictures, stand one after the other", () => {
  const rows = toTimeline(
    traceOf([attempt("web", "overloaded", 30), attempt("paid", "answered", 20)], [], 90),
    [],
    false,
  );
  expect(rows.slice(1, 3).map(({ bars }) => bars)).toEqual([
    [{ kind: "wait", from: 0, to: 30 }],
    [
      { kind: "wait", from: 30, to: 50 },
      { kind: "bytes", from: 50, to: 90 },
    ],
  ]);
});

test("a try that came to no turn does not take that of the next one", () => {
  const trace = traceOf(
    [attempt("web", "overloaded", 3), attempt("paid", "answered", 20)],
    [turnOf(4, 20, 30)],
    31,
  );
  expect(toTimeline(trace, [], false).map(({ upstream, turn }) => [upstream, turn])).toEqual([
    [undefined, undefined],
    ["web", undefined],
    ["paid", 0],
    [undefined, undefined],
  ]);
});

test("between what the client was given, the gateway held something back", () => {
  const blocks = [
    { kind: "text" as const, text: "One", from_ms: 10, to_ms: 20 },
    { kind: "text" as const, text: "Two", from_ms: 70, to_ms: 80 },
  ];
  const trace = traceOf([attempt("web", "answered", 9)], [turnOf(1, 10, 80, { blocks })], 81);
  const links = linkParts(
    [
      { kind: "text", text: "One" },
      { kind: "text", text: "Two" },
    ],
    trace.turns,
  );
  expect(toTimeline(trace, links, true).at(-1)?.bars).toEqual([
    { kind: "text", from: 10, to: 20 },
    { kind: "own", from: 20, to: 70 },
    { kind: "text", from: 70, to: 80 },
  ]);
});

const call = (given: string) => ({ kind: "tool_call" as const, name: "f", arguments: given });

test("a call of the same tool is linked to the turn that was kept; the same text to one part alone", () => {
  const turns = [
    turnOf(0, 1, 2, { outcome: "asked_again", blocks: [call('{"a":1}')] }),
    turnOf(3, 4, 5, { blocks: [call('{"a": 2}'), { kind: "text", text: "x" }] }),
  ];
  const parts = [
    { kind: "tool_call" as const, name: "f", text: '{"a":2}' },
    { kind: "text" as const, text: "x" },
    { kind: "text" as const, text: "x" },
  ];
  expect(linkParts(parts, turns)).toEqual([{ turn: 1, block: 0 }, { turn: 1, block: 1 }, undefined]);
});

test("what only the ledger knows of", () => {
  const rows = toRowTimeline(
    encodeRequest(
      row("req_1", midnight, {
        attempts: [attempt("web", "upstream-timeout", 30), attempt("paid", "answered", 20)],
        firstTokenMs: 55,
        ms: 100,
      }),
    ),
  );
  expect(
    rows.map(({ kind, upstream, failed, bars }) => [
      kind,
      upstream,
      failed?.kind,
      bars.map((bar) => bar.kind),
    ]),
  ).toEqual([
    ["attempt", "web", "upstream-timeout", ["wait"]],
    ["attempt", "paid", undefined, ["wait", "bytes"]],
    ["client", undefined, undefined, ["wait", "bytes"]],
  ]);
});

test.each([0, 1, 7, 99, 1000, 8520, 61_000, 3_600_000])(
  "the axis of %i ms has few round steps, and ends behind it",
  (ms) => {
    const { step, top } = findAxis(ms);
    expect(top).toBeGreaterThan(ms);
    expect(top / step).toBeLessThan(12.5);
    expect(Number.isInteger(Math.round((top / step) * 1e6) / 1e6)).toBe(true);
  },
);
