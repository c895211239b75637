import { describe, expect, it } from "vitest";
import { parseRequest } from "../../../src/dialects/openai-images/parse-request.ts";

describe("an images request", () => {
  it("needs a prompt only: one picture, as a link, as it comes", () => {
    expect(parseRequest({ prompt: "a red boat" })).toEqual({
      request: { prompt: "a red boat", count: 1, delivery: "link", encoding: undefined },
      model: undefined,
      stream: false,
      ignored: [],
    });
  });

  it("reads null as the default of every optional field", () => {
    const names =
      "model n response_format size quality style background moderation output_format output_compression partial_images stream user image mask";
    const nulls = Object.fromEntries(names.split(" ").map((name) => [name, null]));
    expect(parseRequest({ prompt: "x", ...nulls })).toEqual(parseRequest({ prompt: "x" }));
  });

  it.each([
    [
      "what Open WebUI sends",
      { model: "AkashGen", prompt: "x", n: 1, size: "512x512", response_format: "b64_json" },
      [],
    ],
    [
      "an unknown field",
      { prompt: "x", response_format: "b64_json", size: "1024x1024", steps: 20 },
      ["steps"],
    ],
  ])("accepts %s", (_, body, ignored) => {
    expect(parseRequest(body)).toMatchObject({
      request: { count: 1, delivery: "bytes", encoding: undefined },
      ignored,
    });
  });

  it("keeps the prompt as it is", () => {
    const prompt = ' it\'s "a" \\ b\n</image_generation> 😀 ';
    expect(parseRequest({ prompt }).request.prompt).toBe(prompt);
  });

  it.each([
    [{}, "link"],
    [{ response_format: "url" }, "link"],
    [{ response_format: "b64_json" }, "bytes"],
    [{ stream: true }, "bytes"],
    [{ stream: true, response_format: "url" }, "link"],
    [{ model: "gpt-image-1" }, "bytes"],
    [{ model: "chatgpt-image-latest" }, "bytes"],
    [{ model: "gpt-image-1", response_format: "url" }, "link"],
    [{ model: "dall-e-3" }, "link"],
  ])("with %j delivers %s", (fields, delivery) => {
    expect(parseRequest({ prompt: "x", ...fields }).request.delivery).toBe(delivery);
  });

  it.each([
    [{}, undefined],
    [{ output_format: "png" }, { format: "png" }],
    [{ output_format: "png", output_compression: 100 }, { format: "png" }],
    [{ output_format: "webp" }, { format: "webp" }],
    [
      { output_format: "jpeg", output_compression: 60 },
      { format: "jpeg", quality: 60 },
    ],
    [
      { output_format: "jpeg", output_compression: 0 },
      { format: "jpeg", quality: 1 },
    ],
    [{ output_compression: 60 }, { format: "webp", quality: 60 }],
    [{ output_compression: 100 }, undefined],
  ])("with %j converts to %j", (fields, encoding) => {
    expect(parseRequest({ prompt: "x", ...fields }).request.encoding).toEqual(encoding);
  });

  it.each([
    [{ size: "1024x1024", quality: "hd", style: "vivid", moderation: "low" }, "moderation"],
    [{ size: "auto", quality: "auto", moderation: "auto", background: "opaque" }, ""],
    [{ stream: true, partial_images: 2 }, "partial_images"],
    [{ stream: true, partial_images: 0 }, ""],
    [{ user: "u-1" }, "user"],
  ])("with %j lists as ignored: %s", (fields, ignored) => {
    expect(parseRequest({ prompt: "x", ...fields }).ignored.join(" ")).toBe(ignored);
  });

  it.each([
    [
      { size: "1024x1024", quality: "xhigh", style: "cubist" },
      { size: "1024x1024", quality: "xhigh", style: "cubist" },
    ],
    [{ size: "auto", quality: "hd", style: "" }, { quality: "hd" }],
    [{ size: "auto", quality: "auto" }, undefined],
  ])("with %j leaves to the upstream: %j", (fields, settings) => {
    expect(parseRequest({ prompt: "x", ...fields }).request.settings).toEqual(settings);
  });

  it.each([
    [{}, "prompt"],
    [{ prompt: "" }, "prompt"],
    [{ prompt: " \n" }, "prompt"],
    [{ prompt: 1 }, "prompt"],
    [{ prompt: "x".repeat(32_001) }, "prompt"],
    [{ prompt: "x", model: "" }, "model"],
    [{ prompt: "x", n: 0 }, "n"],
    [{ prompt: "x", n: 11 }, "n"],
    [{ prompt: "x", n: 1.5 }, "n"],
    [{ prompt: "x", n: "1" }, "n"],
    [{ prompt: "x", size: "big" }, "size"],
    [{ prompt: "x", size: "0x0" }, "size"],
    [{ prompt: "x", size: "1024" }, "size"],
    [{ prompt: "x", quality: 1 }, "quality"],
    [{ prompt: "x", style: [] }, "style"],
    [{ prompt: "x", style: "x".repeat(101) }, "style"],
    [{ prompt: "x", response_format: "png" }, "response_format"],
    [{ prompt: "x", output_format: "gif" }, "output_format"],
    [{ prompt: "x", output_compression: 101 }, "output_compression"],
    [{ prompt: "x", partial_images: 4 }, "partial_images"],
    [{ prompt: "x", stream: "yes" }, "stream"],
  ])("%# names the wrong field: %j -> %s", (body, param) => {
    expect(() => parseRequest(body)).toThrow(
      expect.objectContaining({
        kind: "invalid-request",
        status: 400,
        param,
        message: expect.stringContaining(`'${param}'`),
      }),
    );
  });

  it("says how large a picture may be", () => {
    expect(() => parseRequest({ prompt: "x", size: "10000x1" })).toThrow("each 10 to 99999");
  });

  it.each([
    [{ background: "transparent" }, "background"],
    [{ output_format: "png", output_compression: 50 }, "output_compression"],
    [{ image: "data:image/png;base64,AAAA" }, "image"],
    [{ mask: ["x"] }, "mask"],
  ])("refuses what the upstream can't do: %j", (fields, param) => {
    expect(() => parseRequest({ prompt: "x", ...fields })).toThrow(
      expect.objectContaining({
        kind: "unsupported",
        status: 400,
        param,
        message: expect.stringContaining(`'${param}'`),
      }),
    );
  });
});
