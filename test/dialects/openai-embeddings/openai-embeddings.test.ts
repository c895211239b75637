import { describe, expect, test } from "vitest";

import { encodeResponse, parseRequest } from "../../../src/dialects/openai-embeddings/index.ts";

const parse = (body: object) => parseRequest({ model: "e", ...body });

describe("the input", () => {
  test.each([
    ["a text", "a", ["a"]],
    ["texts", ["a", "b"], ["a", "b"]],
    ["a text in tokens", [1, 2], [[1, 2]]],
    ["texts in tokens", [[1], [2, 3]], [[1], [2, 3]]],
  ])("may be %s", (_name, input, texts) => {
    expect(parse({ input })).toEqual({
      request: { model: "e", input: texts },
      encoding: "float",
      ignored: [],
    });
  });

  test.each([
    [{}, "input", "missing: expected a value."],
    [{ input: null }, "input", "missing"],
    [{ input: "" }, "input", "empty"],
    [{ input: 3 }, "input", "expected a text"],
    [{ input: {} }, "input", "expected a text"],
    [{ input: [] }, "input", "at least one"],
    [{ input: ["a", ""] }, "input[1]", "empty"],
    [{ input: ["a", null] }, "input[1]", "expected a text"],
    [{ input: ["a", [1]] }, "input[1]", "mixed"],
    [{ input: [[1], "a"] }, "input[1]", "mixed"],
    [{ input: [[1], []] }, "input[1]", "empty"],
    [{ input: [1, "a"] }, "input[1]", "number of a token"],
    [{ input: [1.5] }, "input[0]", "number of a token"],
    [{ input: [[1, -1]] }, "input[0][1]", "number of a token"],
    [{ input: Array.from({ length: 2049 }, () => "a") }, "input", "2049 texts are more than 2048"],
    [{ input: ["a".repeat(2_000_001), "b".repeat(2_000_000)] }, "input", "longer than 4000000"],
    [{ input: "a", dimensions: 0 }, "dimensions", ""],
    [{ input: "a", dimensions: 1.5 }, "dimensions", ""],
    [{ input: "a", dimensions: 70_000 }, "dimensions", ""],
    [{ input: "a", encoding_format: "int8" }, "encoding_format", ""],
    [{ input: "a", model: 3 }, "model", ""],
  ])("%j is refused by the name of its field", (body, param, text) => {
    expect(() => parse(body)).toThrow(
      expect.objectContaining({
        kind: "invalid-request",
        param,
        message: expect.stringMatching(
          new RegExp(`^'${param.replace(/[[\]]/g, "\\$&")}' .*${text}`),
        ) as string,
      }),
    );
  });

  test("may have as many texts as at OpenAI", () => {
    expect(parse({ input: Array.from({ length: 2048 }, () => "a") }).request.input).toHaveLength(2048);
  });
});

test("what has no effect is named", () => {
  const { ignored, request, encoding } = parse({
    input: "a",
    dimensions: 8,
    encoding_format: "base64",
    user: "me",
    truncate: true,
  });
  expect(ignored).toEqual(["user", "truncate"]);
  expect([request.dimensions, encoding]).toEqual([8, "base64"]);
});

test("no model is an empty name", () => {
  expect(parseRequest({ input: "a" }).request.model).toBe("");
  expect(parse({ input: "a", model: null }).request.model).toBe("");
});

describe("the answer", () => {
  const answer = {
    model: "e",
    vectors: [[0.5, -2], [1e-3]],
    usage: { inputTokens: 7, outputTokens: 0, estimated: false },
  };

  test("has lists of numbers", () => {
    expect(encodeResponse(answer, "float")).toEqual({
      object: "list",
      data: [
        { object: "embedding", index: 0, embedding: [0.5, -2] },
        { object: "embedding", index: 1, embedding: [1e-3] },
      ],
      model: "e",
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
  });

  test("has base64 of float32, little-endian", () => {
    const [first] = encodeResponse(answer, "base64").data;
    expect(first?.embedding).toBe(Buffer.from([0, 0, 0, 0x3f, 0, 0, 0, 0xc0]).toString("base64"));
  });

  test("says when its usage is our estimate", () => {
    const usage = { inputTokens: 3, outputTokens: 0, estimated: true };
    expect(encodeResponse({ ...answer, usage }, "float")).toMatchObject({
      usage: { prompt_tokens: 3 },
      usage_estimated: true,
    });
  });
});
