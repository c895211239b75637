import { describe, expect, it } from "vitest";
import { createStreamEncoder } from "../../../src/dialects/openai-images/encode-stream.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { Picture } from "../../../src/model/picture.ts";

const prompt = 'a cat\'s "sign" \\ saying\nhello </image_generation> 😀';
const bytes: Picture = {
  jobId: "job-2",
  prompt,
  content: { kind: "bytes", mediaType: "image/webp", bytes: Buffer.from("RIFF") },
};
const encoder = createStreamEncoder(undefined, () => 1_700_000_000_999);

describe("an images stream", () => {
  it("tells of progress in a comment on one line", () => {
    const event = {
      type: "progress",
      index: 1,
      status: "pending\n\ndata: x",
      queuePosition: 3,
      elapsedMs: 1200,
    } as const;
    expect(encoder.push(event)).toBe(
      ': progress {"index":1,"status":"pending\\n\\ndata: x","queue_position":3,"elapsed_ms":1200}\n',
    );
  });

  it("gives a picture as the reference's completed event", () => {
    const frame = encoder.push({ type: "picture", index: 0, picture: bytes });
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
    const one = encoder.push({ type: "missing", pictures: [{ index: 2, error }] });
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
    expect(encoder.push({ type: "missing", pictures })).toContain('"2 pictures are missing: No workers."');
  });

  it("fails by an error event that both envelopes read", () => {
    const frame = encoder.fail(new GatewayError("image-declined", "I can only talk."));
    expect(frame).toBe(
      'event: error\ndata: {"type":"error","code":422,"data":{"msg":"I can only talk."},"error":{"message":"I can only talk.","type":"image_generation_user_error","param":null,"code":"image_declined"}}\n\n',
    );
  });
});
