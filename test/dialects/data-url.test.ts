import { describe, expect, test } from "vitest";

import { parseRequest as parseAnthropicRequest } from "../../src/dialects/anthropic-messages/parse-request.ts";
import { parseDataUrl } from "../../src/dialects/data-url.ts";
import { parseRequest as parseChatRequest } from "../../src/dialects/openai-chat/parse-request.ts";
import type { ChatRequest } from "../../src/model/request.ts";
import { parse } from "./openai-responses/make-writer.ts";

test.each([
  ["data:image/png;base64,AAAA", { mediaType: "image/png", isBase64: true, data: "AAAA" }],
  ["DATA:IMAGE/PNG;BASE64,AAAA", { mediaType: "image/png", isBase64: true, data: "AAAA" }],
  ["data:text/plain;charset=utf-8,a%20b", { mediaType: "text/plain", isBase64: false, data: "a%20b" }],
  ["data:,x", { mediaType: "", isBase64: false, data: "x" }],
  ["data:image/png;base64", undefined],
  ["https://a.example/data:,x", undefined],
])("%s is taken apart", (url, expected) => {
  expect(parseDataUrl(url)).toEqual(expected);
});

/** What each API reads of a message with one picture. */
const apis: readonly (readonly [name: string, read: (url: string) => Pick<ChatRequest, "messages">])[] = [
  [
    "Chat Completions",
    (url) =>
      parseChatRequest({
        model: "m",
        messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }],
      }).request,
  ],
  [
    "Responses",
    (url) => parse({ input: [{ role: "user", content: [{ type: "input_image", image_url: url }] }] }).request,
  ],
  [
    "Messages",
    (url) =>
      parseAnthropicRequest({
        model: "m",
        max_tokens: 1,
        messages: [{ role: "user", content: [{ type: "image", source: { type: "url", url } }] }],
      }).request,
  ],
];

describe.each(apis)("%s", (_, read) => {
  test("takes a data URL in capitals", () => {
    const source = { kind: "data", mediaType: "image/png", base64: "iVBORw0=" };
    expect(read("DATA:IMAGE/PNG;Base64,iVBORw0=").messages).toEqual([
      { role: "user", parts: [{ type: "image", source }] },
    ]);
  });
});

test.each(["data:text/plain;base64,AAAA", "data:image/png,AAAA"])(
  "Responses refuses %s as a picture",
  (url) => {
    expect(() => apis[1]?.[1](url)).toThrow(/data:image/);
  },
);

test("Responses reads a file whose text stands in its data URL", () => {
  const file = { type: "input_file", filename: "a.txt", file_data: "data:,Good%20morning" };
  const { messages } = parse({ input: [{ role: "user", content: [file] }] }).request;
  expect(messages[0]?.parts).toEqual([
    { type: "file", name: "a.txt", mediaType: "text/plain", text: "Good morning" },
  ]);
});
