import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { acceptPlain } from "../../../src/dialects/openai-chat/accept-plain.ts";
import { judge } from "../../../src/dialects/openai-chat/parse-request.ts";

/** Values of each field, most of them plain; each list ends with some that are not. */
const fields = {
  model: ["DeepSeek-V3.2", "a/b", "", 3, null],
  stream: [true, false, null, "true", 0],
  temperature: [0.7, 2, 1e-300, 0, -0, 2.1, -1, null, "1"],
  top_p: [0.5, 1, 0, 1.5, null],
  n: [1, 8, 0, 9, 1.5, null, "2"],
  max_tokens: [1, 4096, Number.MAX_SAFE_INTEGER, 0, -1, -2, 2 ** 53, 1.5, null],
  max_completion_tokens: [7, 0, -1, null, "7"],
  stream_options: [
    { include_usage: true },
    { include_usage: false },
    {},
    null,
    { include_usage: null },
    { include_usage: true, include_obfuscation: true },
    [],
  ],
  user: ["me", ""],
  seed: [1],
  tools: [[], null],
  stop: ["x", []],
  __proto__: [],
} as const;

const content = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", " ", "<think>a</think>b", null, 3, [{ type: "text", text: "part" }], []),
);

const message = fc.record(
  {
    role: fc.constantFrom(
      "system",
      "developer",
      "user",
      "assistant",
      "user",
      "tool",
      "function",
      "USER",
      null,
    ),
    content,
    name: fc.constantFrom("Ann", null),
    tool_calls: fc.constantFrom([], null),
  },
  { requiredKeys: ["role", "content"] },
);

const plainMessage = fc.record({
  role: fc.constantFrom("system", "developer", "user", "assistant"),
  content: fc.string({ unit: "binary", minLength: 1 }),
});

const messages = fc.oneof(
  { weight: 4, arbitrary: fc.array(plainMessage, { minLength: 1, maxLength: 5 }) },
  { weight: 2, arbitrary: fc.array(fc.oneof(plainMessage, message), { maxLength: 4 }) },
  fc.constantFrom(null, "hi", {}, undefined, [null], ["text"]),
);

const names = Object.keys(fields) as (keyof typeof fields)[];
const body = fc
  .tuple(
    messages,
    fc.array(
      fc.constantFrom(...names).chain((name) => {
        const values: readonly unknown[] = fields[name];
        return values.length === 0
          ? fc.constant([name, 1] as const)
          : fc.constantFrom(...values).map((value) => [name, value] as const);
      }),
      { maxLength: 5 },
    ),
    fc.constantFrom(true, true, true, false),
  )
  .map(([list, some, named]): unknown =>
    // As it comes off the wire.
    JSON.parse(
      JSON.stringify({ ...(named ? { model: "m" } : {}), messages: list, ...Object.fromEntries(some) }),
    ),
  );

test("what is accepted is what the schema makes of it", () => {
  let accepted = 0;
  fc.assert(
    fc.property(body, (one) => {
      const plain = acceptPlain(one);
      if (plain === undefined) return;
      accepted += 1;
      expect(plain).toStrictEqual(judge(one));
    }),
    { numRuns: 3000, seed: 1 },
  );
  expect(accepted).toBeGreaterThan(300);
});

const plain = { model: "m", messages: [{ role: "user", content: "hi" }] };

describe("nearly all bodies are accepted", () => {
  test.each([
    plain,
    { ...plain, stream: true, stream_options: { include_usage: true } },
    { ...plain, temperature: 0.7, top_p: 0.9, max_tokens: 100, n: 1 },
    { ...plain, max_completion_tokens: 100 },
    {
      ...plain,
      messages: [
        { role: "system", content: "" },
        { role: "assistant", content: "a" },
      ],
    },
  ])("%j", (one) => {
    expect(acceptPlain(one)).toStrictEqual(judge(one));
  });
});

describe("the schema judges what is unusual", () => {
  test.each([
    undefined,
    null,
    [],
    "text",
    {},
    { model: "m" },
    { messages: plain.messages },
    { ...plain, messages: [] },
    { ...plain, messages: Array.from({ length: 1001 }, () => plain.messages[0]) },
    { ...plain, temperature: 0 },
    { ...plain, stop: [] },
    { ...plain, user: "me" },
    { ...plain, messages: [{ role: "assistant", content: "" }] },
    { ...plain, messages: [{ role: "user", content: "hi", name: "Ann" }] },
    { ...plain, messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }] },
    JSON.parse('{"model":"m","messages":[{"role":"user","content":"hi"}],"__proto__":{"stream":true}}'),
  ])("%j", (one) => {
    expect(acceptPlain(one)).toBeUndefined();
  });
});
