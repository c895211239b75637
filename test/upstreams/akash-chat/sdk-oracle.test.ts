import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createUpstreamResponse, formatDataStreamPart, readWithSdk } from "../../oracle/stream-text.ts";
import { decodePieces } from "./support/decode-bytes.ts";
import { serve } from "./support/serve.ts";

/** An OpenAI-like back end that streams these deltas, then these endings. */
function serveBackEnd(deltas: readonly string[], endings: readonly string[]) {
  return serve((_seen, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const base = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };
    for (const content of deltas) {
      const chunk = { ...base, choices: [{ index: 0, delta: { role: "assistant", content } }] };
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    }
    for (const ending of endings) response.write(`data: ${ending}\n\n`);
    response.end();
  });
}

const stop =
  '{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}';

async function stream(deltas: readonly string[], endings: readonly string[]): Promise<Uint8Array> {
  await using backEnd = await serveBackEnd(deltas, endings);
  return new Uint8Array(await createUpstreamResponse(backEnd.url).arrayBuffer());
}

/** Cuts bytes into pieces of a size that never fits. */
function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("streams made by the upstream's own library", () => {
  test.each([
    ["plain", ["Hello ", "world"]],
    [
      "everything JSON escapes",
      ['"', "\\", "\n", "\r\n", "\t", "\u0000", "\u001b", "\\n", "</x>", '0:"x"\nd:{}\n'],
    ],
    ["line ends of Unicode", ["a\u2028b", "\u2029", "\u0085", "\uFEFF"]],
    ["scripts and emoji", ["žluťoučký ", "中文", "العربية", "👩‍👩‍👧‍👦🇨🇿", "𝔘"]],
    ["a pair in two deltas", ["before \ud83d", "\ude00 after"]],
    ["thinking", ["<think>\nhm\n</think>\n\n", "answer"]],
    ["many", Array.from({ length: 3000 }, (_item, index) => `tok${index} `)],
  ])("%s: the same text as its own reader gives, in pieces of any size", async (_name, deltas) => {
    const bytes = await stream(deltas, [stop, "[DONE]"]);
    const expected = await readWithSdk(bytes);
    expect(expected.text).toBe(deltas.join(""));
    for (const size of [1, 7, 1000, 1_000_000]) {
      const outcome = decodePieces(cut(bytes, size));
      expect(outcome.text).toBe(expected.text);
      expect(outcome.finish?.usage).toMatchObject({ inputTokens: 3, outputTokens: 4 });
    }
  });

  test.each([
    [
      "an error object",
      ["some ", "text"],
      ['{"error":{"message":"boom","type":"server_error"}}'],
      "upstream-unavailable",
    ],
    ["a chunk that is not JSON", ["some"], ["{nope"], "upstream-unavailable"],
    ["an end without a reason", ["some "], [], "upstream-truncated"],
  ])("%s in mid-answer is an error after the same text", async (_name, deltas, endings, kind) => {
    const bytes = await stream(deltas, endings);
    const outcome = decodePieces([bytes]);
    expect(outcome.failure?.kind).toBe(kind);
    expect(outcome.text).toBe((await readWithSdk(bytes)).text);
  });

  test("any text in any deltas", async () => {
    const text = fc.string({ unit: "binary", maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 20 }),
        fc.integer({ min: 1, max: 50 }),
        async (deltas, size) => {
          const parts = deltas.map((delta) => formatDataStreamPart("text", delta)).join("");
          const usage = { promptTokens: 1, completionTokens: 2 };
          const end = formatDataStreamPart("finish_message", { finishReason: "stop", usage });
          const bytes = Buffer.from(parts + end);
          const outcome = decodePieces(cut(bytes, size));
          expect(outcome.text).toBe(deltas.join(""));
          expect(outcome.text).toBe((await readWithSdk(bytes)).text);
        },
      ),
      { numRuns: 200 },
    );
  });
});
