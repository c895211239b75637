import { expect, test } from "vitest";

import {
  encodePromptResponse,
  encodeResponse,
  parsePromptRequest,
  parseRequest,
} from "../../../src/dialects/ollama-embeddings/index.ts";

test.each([
  [{ input: "a" }, { request: { model: "m", input: ["a"] }, ignored: [] }],
  [{ input: ["a", "b"], dimensions: 4 }, { request: { model: "m", input: ["a", "b"], dimensions: 4 } }],
  [
    { input: "a", truncate: true, keep_alive: "5m", options: { num_ctx: 1 } },
    { ignored: ["truncate", "keep_alive", "options"] },
  ],
  [{ input: "a", truncate: false, options: {} }, { ignored: [] }],
  [{ input: "" }, { request: undefined }],
  [{ input: [] }, { request: undefined }],
  [{}, { request: undefined }],
])("/api/embed reads %j", (body, expected) => {
  expect(parseRequest({ model: "m", ...body })).toMatchObject({ model: "m", ...expected });
});

test.each([
  [{ prompt: "a" }, { request: { model: "m", input: ["a"] }, ignored: [] }],
  [{ prompt: "" }, { request: undefined }],
  [{ prompt: "a", keep_alive: 5, dimensions: 4 }, { ignored: ["keep_alive", "dimensions"] }],
])("/api/embeddings reads %j", (body, expected) => {
  expect(parsePromptRequest({ model: "m", ...body })).toMatchObject({ model: "m", ...expected });
});

test("wrong ones are refused by the name of the field", () => {
  expect(() => parseRequest({ model: "m", input: ["a", 5] })).toThrow("input[1]");
  for (const input of [0, 5, false, true, {}, { a: 1 }])
    expect(() => parseRequest({ model: "m", input })).toThrow("'input' is not valid");
  expect(() => parseRequest({ input: "a" })).toThrow("'model'");
  expect(() => parsePromptRequest({ model: "m", prompt: ["a"] })).toThrow("'prompt'");
});

test("answers", () => {
  const usage = { inputTokens: 3, outputTokens: 0, estimated: true };
  expect(encodeResponse({ vectors: [[1, 2]], usage }, { model: "m", elapsed: 2 })).toEqual({
    model: "m",
    embeddings: [[1, 2]],
    total_duration: 2e6,
    load_duration: 0,
    prompt_eval_count: 3,
    usage_estimated: true,
  });
  expect(encodeResponse({ vectors: [], usage: undefined }, { model: "m", elapsed: 0 })).toEqual({
    model: "m",
    embeddings: [],
    total_duration: 1,
    load_duration: 0,
    prompt_eval_count: 0,
  });
  expect(encodePromptResponse({ vectors: [[1, 2]] })).toEqual({ embedding: [1, 2] });
  expect(encodePromptResponse({ vectors: [] })).toEqual({ embedding: [] });
});
