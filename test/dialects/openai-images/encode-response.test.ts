import { describe, expect, it } from "vitest";
import { encodeResponse } from "../../../src/dialects/openai-images/encode-response.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { Picture } from "../../../src/model/picture.ts";

const prompt = 'a cat\'s "sign" \\ saying\nhello </image_generation> 😀';
const link: Picture = { jobId: "job-1", prompt, content: { kind: "link", url: "https://gate.example/x" } };
const bytes: Picture = {
  jobId: "job-2",
  prompt,
  content: { kind: "bytes", mediaType: "image/webp", bytes: Buffer.from("RIFF") },
};

describe("an images response", () => {
  it("has links and the revised prompt; what is not known is left out", () => {
    expect(encodeResponse({ pictures: [link], missing: [] }, 1700000000, undefined)).toEqual({
      created: 1700000000,
      data: [{ url: "https://gate.example/x", revised_prompt: prompt }],
    });
  });

  it("has base64 and the format of the bytes", () => {
    expect(encodeResponse({ pictures: [bytes, bytes], missing: [] }, 1700000000, undefined)).toEqual({
      created: 1700000000,
      data: [
        { b64_json: "UklGRg==", revised_prompt: prompt },
        { b64_json: "UklGRg==", revised_prompt: prompt },
      ],
      output_format: "webp",
    });
  });

  it("tells the format that a link converts to", () => {
    expect(encodeResponse({ pictures: [link], missing: [] }, 1, { format: "png" }).output_format).toBe("png");
  });

  it("names what is missing, with its reason and when to try again", () => {
    const limit = new GatewayError("rate-limited", "The usage limit is spent.", { retryAfterMs: 1500 });
    const missing = [
      { index: 1, error: limit },
      { index: 2, error: new Error("private words") },
    ];
    expect(encodeResponse({ pictures: [link], missing }, 1, undefined)).toMatchObject({
      data: [{ url: "https://gate.example/x" }],
      missing: [
        {
          index: 1,
          error: {
            message: "The usage limit is spent. This is a rate limit, and passes.",
            type: "rate_limit_error",
            param: null,
            code: "rate_limit_exceeded",
            retry_after: 2,
          },
        },
        { index: 2, error: { code: "internal_error", message: expect.not.stringContaining("private") } },
      ],
    });
  });
});
