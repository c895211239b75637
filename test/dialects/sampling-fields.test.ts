import { expect, test } from "vitest";

import { parseRequest as parseMessages } from "../../src/dialects/anthropic-messages/index.ts";
import { parseRequest as parseChat } from "../../src/dialects/openai-chat/index.ts";
import { parseRequest as parseCompletion } from "../../src/dialects/openai-completions/index.ts";

const messages = [{ role: "user", content: "Hi" }];
const defaults = {};

test.each<[object, object, object, readonly string[]]>([
  [{}, {}, {}, []],
  [{ seed: null, top_k: null, min_p: null, repeat_penalty: null }, {}, {}, []],
  [{ temperature: 0 }, { temperature: 0 }, { temperature: ["temperature"] }, []],
  [{ seed: 7 }, { seed: 7 }, { seed: ["seed"] }, ["seed"]],
  [{ seed: -1 }, { seed: -1 }, { seed: ["seed"] }, ["seed"]],
  [{ seed: 2 ** 62 }, { seed: 2 ** 62 }, { seed: ["seed"] }, ["seed"]],
  // It asks for nothing that could be named.
  [{ seed: 0 }, { seed: 0 }, {}, []],
  [{ frequency_penalty: 0 }, { frequencyPenalty: 0 }, {}, []],
  [
    { frequency_penalty: -2, presence_penalty: 2 },
    { frequencyPenalty: -2, presencePenalty: 2 },
    { frequencyPenalty: ["frequency_penalty"], presencePenalty: ["presence_penalty"] },
    ["frequency_penalty", "presence_penalty"],
  ],
  [{ top_k: 40 }, { topK: 40 }, { topK: ["top_k"] }, ["top_k"]],
  [{ top_k: -1 }, {}, {}, []],
  [{ top_k: 0 }, {}, {}, []],
  [{ min_p: 0.05 }, { minP: 0.05 }, { minP: ["min_p"] }, ["min_p"]],
  [{ repetition_penalty: 0 }, {}, {}, []],
  [
    { repeat_penalty: 1.1 },
    { repetitionPenalty: 1.1 },
    { repetitionPenalty: ["repeat_penalty"] },
    ["repeat_penalty"],
  ],
  [
    { repetition_penalty: 1.2, repeat_penalty: 1.1 },
    { repetitionPenalty: 1.2 },
    { repetitionPenalty: ["repetition_penalty", "repeat_penalty"] },
    ["repetition_penalty", "repeat_penalty"],
  ],
])("%j", (fields, sampling, spellings, ignored) => {
  const chat = parseChat({ model: "m", messages, ...fields });
  expect(chat.request.sampling).toEqual({ ...defaults, ...sampling });
  expect([chat.spellings, chat.ignored.toSorted()]).toEqual([spellings, ignored.toSorted()]);
  const completion = parseCompletion({ model: "m", prompt: "Hi", ...fields });
  expect(completion.requests[0]?.sampling).toEqual(sampling);
  expect([completion.spellings, completion.ignored.toSorted()]).toEqual([spellings, ignored.toSorted()]);
});

test.each<[string, unknown]>([
  ["seed", 1.5],
  ["seed", "7"],
  ["seed", 2 ** 63],
  ["frequency_penalty", 2.1],
  ["presence_penalty", -2.1],
  ["presence_penalty", "high"],
  ["top_k", -2],
  ["top_k", 1.5],
  ["min_p", 1.1],
  ["min_p", -0.1],
  ["repetition_penalty", -1],
  ["repeat_penalty", "1"],
])("%s is not %j", (name, value) => {
  const refusal = expect.objectContaining({
    kind: "invalid-request",
    param: name,
    message: expect.stringContaining(`'${name}'`),
  });
  expect(() => parseChat({ model: "m", messages, [name]: value })).toThrow(refusal);
  expect(() => parseCompletion({ model: "m", prompt: "Hi", [name]: value })).toThrow(refusal);
});

test("two names of one setting are both named where it has no effect", () => {
  const { request, spellings } = parseChat({ model: "m", messages, top_p: 0.9, topP: 0.8 });
  expect([request.sampling.topP, spellings.topP]).toEqual([0.9, ["top_p", "topP"]]);
});

test.each<[object, object, object, readonly string[]]>([
  [{ top_k: 40 }, { topK: 40 }, { topK: ["top_k"] }, ["top_k"]],
  [{ top_k: 0 }, {}, {}, []],
  [
    { temperature: 0, top_p: 0.5 },
    { temperature: 0, topP: 0.5 },
    { temperature: ["temperature"], topP: ["top_p"] },
    [],
  ],
])("Messages: %j", (fields, sampling, spellings, ignored) => {
  const parsed = parseMessages({ model: "m", max_tokens: 9, messages, ...fields });
  expect(parsed.request.sampling).toEqual(sampling);
  expect([parsed.spellings, parsed.ignored]).toEqual([spellings, ignored]);
});

test.each([
  [-2, "greater than or equal to 0"],
  [1.5, "a valid integer"],
  ["40", "a valid integer"],
])("Messages: a top_k of %j is refused as the API does", (value, says) => {
  expect(() => parseMessages({ model: "m", max_tokens: 9, messages, top_k: value })).toThrow(
    expect.objectContaining({ param: "top_k", message: expect.stringContaining(says) }),
  );
});
