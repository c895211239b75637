import { describe, expect, it } from "vitest";
import {
  encodeImageEvent,
  encodeResponse,
  encodeImageStreamError,
} from "../../../src/dialects/openai-images/encode-response.ts";
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

describe("an images stream", () => {
  it("tells of progress in a comment on one line", () => {
    const event = {
      type: "progress",
      index: 1,
      status: "pending\n\ndata: x",
      queuePosition: 3,
      elapsedMs: 1200,
    } as const;
    expect(encodeImageEvent(event, 1, undefined)).toBe(
      ': progress {"index":1,"status":"pending\\n\\ndata: x","queue_position":3,"elapsed_ms":1200}\n',
    );
  });

  it("gives a picture as the reference's completed event", () => {
    const frame = encodeImageEvent({ type: "picture", index: 0, picture: bytes }, 1700000000, undefined);
    const [name, data, ...rest] = frame.split("\n");
    expect(name).toBe("event: image_generation.completed");
    expect(JSON.parse(data?.replace(/^data: /, "") ?? "")).toEqual({
      type: "image_generation.completed",
      b64_json: "UklGRg==",
      revised_prompt: prompt,
      created_at: 1700000000,
      background: "auto",
      output_format: "webp",
      quality: "auto",
      size: "auto",
    });
    expect(rest).toEqual(["", ""]);
  });

  it("names what is missing in an error event that SDKs keep", () => {
    const error = new GatewayError("internal", "No workers.");
    const one = encodeImageEvent({ type: "missing", pictures: [{ index: 2, error }] }, 1, undefined);
    const [name, data, ...rest] = one.split("\n");
    expect([name, ...rest]).toEqual(["event: error", "", ""]);
    const reason = {
      message: "No workers.",
      type: "server_error",
      param: null,
      code: "internal_error",
    };
    const message = "1 picture is missing: No workers.";
    expect(JSON.parse(data?.replace(/^data: /, "") ?? "")).toEqual({
      type: "error",
      code: 500,
      data: { msg: message },
      error: { ...reason, message, missing: [{ index: 2, error: reason }] },
    });
    const pictures = [
      { index: 2, error },
      { index: 0, error },
    ];
    expect(encodeImageEvent({ type: "missing", pictures }, 1, undefined)).toContain(
      '"2 pictures are missing: No workers."',
    );
  });

  it("fails by an error event that both envelopes read", () => {
    const frame = encodeImageStreamError(new GatewayError("image-declined", "I can only talk."));
    expect(frame).toBe(
      'event: error\ndata: {"type":"error","code":422,"data":{"msg":"I can only talk."},"error":{"message":"I can only talk.","type":"image_generation_user_error","param":null,"code":"image_declined"}}\n\n',
    );
  });
});
