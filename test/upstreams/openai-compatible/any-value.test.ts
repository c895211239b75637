import { Buffer } from "node:buffer";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { decodeError } from "../../../src/upstreams/openai-compatible/decode-error.ts";
import { decodeProperties, decodeShow } from "../../../src/upstreams/openai-compatible/decode-details.ts";
import { decodeModels } from "../../../src/upstreams/openai-compatible/decode-models.ts";
import { collectEvents, decode, decodeOptions, now } from "./read-case.ts";

/** Values with the keys that are looked at, and anything behind them. */
const keyNames =
  "choices delta message content tool_calls function name arguments id index error code type detail usage " +
  "finish_reason reasoning reasoning_details text data models capabilities pricing meta model_info top_provider " +
  "function_call";
const keys = fc.constantFrom(...keyNames.split(" "));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom<unknown>(null, true, 0, -1, 7.5, "", "x", "{", '{"a":1}', "stop", "length"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(keys, tie("value"), { maxKeys: 6 }),
  ),
}));

const chunk = fc.oneof(
  value,
  fc.record({
    choices: fc.array(
      fc.record({
        index: fc.constantFrom(0, 1, null),
        delta: value,
        finish_reason: fc.constantFrom(null, "stop", "length"),
      }),
      { maxLength: 2 },
    ),
  }),
);

test("whatever a server streams: one end, legal events, nothing thrown, and the same wherever it is cut", () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 6 }), fc.constantFrom("whole", "stream"), (chunks, calls) => {
      const body = Buffer.from(chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join(""));
      const { events, failure } = decode([body], decodeOptions({ calls }));
      const finishes = events.filter(({ type }) => type === "finish").length;
      expect(finishes).toBe(failure === undefined ? 1 : 0);
      if (failure === undefined) collectEvents(events);
      const bytes = [...body].map((byte) => Uint8Array.of(byte));
      const again = decode(bytes, decodeOptions({ calls }));
      expect(again.events).toEqual(events);
      expect(again.failure?.reason).toBe(failure?.reason);
    }),
    { numRuns: 500 },
  );
});

test("whatever a server answers: errors and lists are read without a throw", () => {
  fc.assert(
    fc.property(value, fc.integer({ min: 300, max: 599 }), (body, status) => {
      const reply = { status, header: () => undefined, body: JSON.stringify(body) };
      expect(decodeError(reply, { upstream: "mine", now }).error.message).toMatch(/^mine /);
      decodeModels(body);
      decodeShow(body);
      decodeProperties(body);
    }),
    { numRuns: 500 },
  );
});

test("arguments that are nested too deeply are a call that does not do", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const body = `{"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":${deep}}}]}}]}`;
  expect(decode([Buffer.from(body)], decodeOptions()).failure).toBeUndefined();
});
