import { expect, test } from "vitest";

import type { TurnObject } from "../../../src/console/domain/requests/trace-types.ts";
import { readRaw, timeAt } from "../../../src/console/domain/requests/read-raw.ts";
import { alignParts } from "../../../src/traces/align-parts.ts";

function turnOf(
  text: string,
  blocks: TurnObject["blocks"],
  arrived: TurnObject["raw"][number]["arrived"] = [],
): TurnObject {
  const raw = [{ kind: "text" as const, text, arrived }];
  const made = blocks.map((block) =>
    block.kind === "tool_call"
      ? { kind: block.kind, name: block.name ?? "", call_id: "c", arguments: block.arguments ?? "" }
      : { kind: block.kind, text: block.text ?? "" },
  );
  return {
    began_ms: 0,
    first_ms: 10,
    ended_ms: 99,
    raw,
    parts: alignParts(raw, made),
    blocks,
    outcome: "kept",
  };
}

test("tags around thinking are shown with it; what was dropped is apart", () => {
  const turn = turnOf("<think>hm</think>Yes.<|end|>", [
    { kind: "thinking", text: "hm" },
    { kind: "text", text: "Yes." },
  ]);
  expect(readRaw(turn).map(({ as, text }) => [as, text])).toEqual([
    ["thinking", "<think>hm</think>"],
    ["text", "Yes."],
    ["dropped", "<|end|>"],
  ]);
});

test.each([
  // A comma too many.
  ['{"name": "f", "arguments": {"a": "b",}}', '{"a":"b"}', ",", ""],
  // A quote that is missing.
  ['{"name": "f", "arguments": {"a": "b, "c": 1}}', '{"a":"b","c":1}', "", '"'],
  // A word that is no JSON.
  ['{"name": "f", "arguments": {"a": "bcd", "is": True}}', '{"a":"bcd","is":true}', "T", "t"],
])("%s became %s: %j by %j", (text, given, before, by) => {
  const turn = turnOf(text, [{ kind: "tool_call", name: "f", arguments: given }]);
  const mended = { ...turn, parts: turn.parts.map((part) => ({ ...part, mended: true })) };
  const [piece] = readRaw(mended);
  if (piece?.mended === undefined || piece.mended === "somewhere") throw new Error("no place was found");
  expect(piece.text.slice(piece.mended.from, piece.mended.to)).toBe(before);
  expect(piece.mended.by).toBe(by);
});

test("a call in another form was mended somewhere", () => {
  const turn = turnOf("<f><a>b</a></f>", [
    { kind: "tool_call", name: "f", arguments: '{"a":"something else"}' },
  ]);
  expect(readRaw({ ...turn, parts: turn.parts.map((part) => ({ ...part, mended: true })) })[0]?.mended).toBe(
    "somewhere",
  );
});

test("each part has its time, by when how much was there", () => {
  const turn = turnOf(
    "Yes.\nNo.",
    [
      { kind: "text", text: "Yes." },
      { kind: "text", text: "No." },
    ],
    [
      [4, 10],
      [8, 50],
    ],
  );
  const [one, other] = readRaw(turn);
  expect([one?.fromMs, one?.toMs, other?.fromMs, other?.toMs]).toEqual([10, 10, 20, 50]);
});

test.each([
  [0, 5],
  [10, 100],
  [15, 150],
  [20, 200],
  [99, 200],
])("of arrivals at 10 and 20 units, %i was there at %i ms", (units, ms) => {
  const arrived = [
    [10, 100],
    [20, 200],
  ] as const;
  expect(timeAt(arrived, units, 5)).toBe(ms);
});
