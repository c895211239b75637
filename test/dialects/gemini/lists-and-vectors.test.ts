import { describe, expect, it, test } from "vitest";

import { encodeError } from "../../../src/dialects/gemini/encode-error.ts";
import { encodeModel, encodeModels } from "../../../src/dialects/gemini/encode-models.ts";
import { encodeEmbedding, encodeEmbeddings } from "../../../src/dialects/gemini/encode-embeddings.ts";
import { parseBatchEmbedding, parseEmbedding } from "../../../src/dialects/gemini/parse-embeddings.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { ListedModel } from "../../../src/model/leg.ts";

const listed = (id: string, fields: Partial<ListedModel> = {}): ListedModel => ({
  id,
  kind: "chat",
  answersNow: true,
  legs: [],
  ...fields,
});
const shown = (...ids: string[]) => ids.map((id) => ({ model: listed(id), canSee: false }));

describe("the list of models", () => {
  it("has what is known of each", () => {
    const model = listed("a/b", {
      name: "A B",
      contextLength: 1000,
      maxOutputTokens: 100,
      temperature: 0.6,
      topP: 0.9,
    });
    expect(encodeModel({ model, canSee: true })).toMatchObject({
      name: "models/a/b",
      baseModelId: "a/b",
      displayName: "A B",
      inputTokenLimit: 1000,
      outputTokenLimit: 100,
      temperature: 0.6,
      topP: 0.9,
      supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"],
      answers_now: true,
    });
    expect(encodeModel({ model: listed("e", { kind: "embedding" }), canSee: false })).toMatchObject({
      supportedGenerationMethods: ["embedContent", "batchEmbedContents"],
    });
  });

  it("comes in pages where a client wants them", () => {
    const models = shown("a", "b", "c");
    const names = (query: object) => {
      const { models: page, nextPageToken } = encodeModels(models, query);
      return [page.map(({ displayName }) => displayName).join(""), nextPageToken];
    };
    expect(names({})).toEqual(["abc", undefined]);
    expect(names({ pageSize: "0" })).toEqual(["abc", undefined]);
    expect(names({ pageSize: "2" })).toEqual(["ab", "models/b"]);
    expect(names({ pageSize: "2", pageToken: "models/b" })).toEqual(["c", undefined]);
    expect(names({ pageSize: "3" })).toEqual(["abc", undefined]);
    expect(() => names({ pageToken: "models/x" })).toThrow("'pageToken' is not valid");
    expect(() => names({ pageSize: "many" })).toThrow("'pageSize' is not valid");
  });
});

describe("a request for vectors", () => {
  const content = { parts: [{ text: "a" }, { text: "b" }] };

  it("is of one text, or of many", () => {
    expect(
      parseEmbedding({ model: "models/e", content, output_dimensionality: 8, taskType: "RETRIEVAL_QUERY" }),
    ).toEqual({
      request: { model: "e", input: ["a\nb"], dimensions: 8 },
      ignored: ["taskType"],
    });
    const requests = [{ model: "models/e", content, title: "T" }, { content: { parts: { text: "c" } } }];
    expect(parseBatchEmbedding({ model: "e", requests })).toEqual({
      request: { model: "e", input: ["a\nb", "c"] },
      ignored: ["requests.title"],
    });
  });

  test.each([
    [() => parseEmbedding({ model: "e" }), "content"],
    [() => parseEmbedding({ model: "e", content: { parts: [] } }), "content"],
    [
      () =>
        parseEmbedding({
          model: "e",
          content: { parts: [{ inlineData: { mimeType: "image/png", data: "" } }] },
        }),
      "content.parts[0]",
    ],
    [() => parseBatchEmbedding({ model: "e", requests: [] }), "requests"],
    [
      () => parseBatchEmbedding({ model: "e", requests: [{ content }, { model: "models/f", content }] }),
      "requests[1].model",
    ],
    [
      () =>
        parseBatchEmbedding({ model: "e", requests: [{ content }, { content, outputDimensionality: 3 }] }),
      "requests[1].outputDimensionality",
    ],
  ])("names what is wrong, number %#", (parse, param) => {
    expect(parse).toThrow(expect.objectContaining({ param }));
  });

  it("is answered by values", () => {
    const answer = { vectors: [[1, 2], [3]], usage: { inputTokens: 4, estimated: false } };
    expect(encodeEmbedding(answer)).toEqual({
      embedding: { values: [1, 2] },
      usageMetadata: { promptTokenCount: 4 },
    });
    expect(encodeEmbeddings({ ...answer, usage: { estimated: false } })).toEqual({
      embeddings: [{ values: [1, 2] }, { values: [3] }],
    });
  });
});

describe("an error", () => {
  it("names its field, and when to come again", () => {
    const error = new GatewayError("invalid-request", "'topK' is wrong.", { param: "topK" });
    expect(encodeError(error).body).toEqual({
      error: {
        code: 400,
        message: "'topK' is wrong.",
        status: "INVALID_ARGUMENT",
        details: [
          {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            fieldViolations: [{ field: "topK", description: "'topK' is wrong." }],
          },
        ],
      },
    });
    const spent = encodeError(new GatewayError("budget-exhausted", "Spent.", { retryAfterMs: 3_600_000 }));
    expect(spent).toMatchObject({
      status: 402,
      headers: { "retry-after": "3600", "x-should-retry": "false" },
      body: { error: { code: 402, status: "RESOURCE_EXHAUSTED", details: [{ retryDelay: "3600s" }] } },
    });
  });

  it("of a long prompt has Google's words", () => {
    const tokens = { count: 70, maximum: 64 };
    const error = new GatewayError("context-length", "Too long.", { tokens, param: "messages" });
    expect(encodeError(error).body).toMatchObject({
      error: {
        message: "The input token count (70) exceeds the maximum number of tokens allowed (64).",
        details: [{ fieldViolations: [{ field: "contents" }] }],
      },
    });
  });

  it("of what is not there at all says so", () => {
    const error = new GatewayError("unsupported", "No files.", { status: 501 });
    expect(encodeError(error)).toMatchObject({ status: 501, body: { error: { status: "UNIMPLEMENTED" } } });
  });
});
