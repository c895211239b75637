import { expect, test } from "vitest";

import { findVerdict, type Judged } from "../../src/traces/find-verdict.ts";
import type { TracedTurn } from "../../src/traces/trace.ts";

function judged(turn: Partial<TracedTurn>): Judged {
  const whole: TracedTurn = {
    began_ms: 0,
    first_ms: 1,
    ended_ms: 2,
    raw: [],
    parts: [],
    blocks: [],
    outcome: "kept",
    ...turn,
  };
  return {
    attempts: [{ upstream: "web", model: "m", outcome: "answered", ms: 2 }],
    model: "m",
    turns: [whole],
    request: { tools: ["read"] },
    answer: { status: 200, client_left: false, error: null, message: null, finish: "tool-calls", body: null },
  };
}

const call = { kind: "tool_call", name: "read", call_id: "c", arguments: "{}" } as const;

test.each([
  [
    "natively",
    {
      raw: [{ kind: "tool_call", text: "{}", name: "read" }],
      parts: [{ segment: 0, from: 0, to: 2, as: "tool_call", block: 0 }],
    },
    "natively",
  ],
  [
    "as text",
    {
      raw: [{ kind: "text", text: "read()" }],
      parts: [{ segment: 0, from: 0, to: 6, as: "tool_call", block: 0 }],
    },
    "as text",
  ],
  // Its name is not as the model wrote it, so no part is known to be the call.
  [
    "in words that were mended beyond finding",
    { raw: [{ kind: "text", text: "Reed {}" }], parts: [{ segment: 0, from: 0, to: 7, as: "dropped" }] },
    "as text",
  ],
] as const)("a call %s", (_name, turn, how) => {
  const verdict = findVerdict(judged({ ...turn, blocks: [call] }));
  expect(verdict).toMatchObject({ code: "tool-called", text: expect.stringContaining(how) });
});

test.each([
  ["text", "<think>I have what read gave: <tool_response>42</tool_response>.</think>", "tool-not-called"],
  ["reasoning", 'I read it: {"name": "read"} came.', "tool-not-called"],
  ["text", '<think>Now.<tool_call>{"name": "read"}', "call-unreadable"],
  ["text", "read it again", "call-unreadable"],
] as const)("what was dropped of %s: %s: %s", (kind, text, code) => {
  const turn = {
    raw: [{ kind, text }],
    parts: [{ segment: 0, from: 0, to: text.length, as: "dropped" }],
    blocks: [{ kind: "text", text: "It is 42." }],
  } as const;
  expect(findVerdict(judged(turn)).code).toBe(code);
});
