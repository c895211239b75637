import { readFileSync } from "node:fs";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { convertImage } from "../../src/images/convert-image.ts";

const webp = {
  mediaType: "image/webp",
  bytes: readFileSync(new URL("../fixtures/images/red-boat.webp", import.meta.url)),
};

const magic = {
  png: "89504e470d0a1a0a",
  jpeg: "ffd8ff",
  webp: "52494646",
} as const;

const failToLoad = () => Promise.reject(new Error("Could not load the sharp module"));

describe("conversion", () => {
  it("leaves the bytes alone without an encoding and for the format they have", async () => {
    expect(await convertImage(webp, undefined)).toBe(webp);
    expect(await convertImage(webp, { format: "webp" })).toBe(webp);
  });

  it.each(["png", "jpeg"] as const)("makes %s of the same size", async (format) => {
    const image = await convertImage(webp, { format });
    expect(image.mediaType).toBe(`image/${format}`);
    expect(Buffer.from(image.bytes).toString("hex").startsWith(magic[format])).toBe(true);
    const [before, after] = await Promise.all([sharp(webp.bytes).metadata(), sharp(image.bytes).metadata()]);
    expect(after).toMatchObject({ format, width: before.width, height: before.height });
  });

  it.each(["jpeg", "webp"] as const)("makes a smaller %s of a lower quality", async (format) => {
    const fine = await convertImage(webp, { format, quality: 95 });
    const coarse = await convertImage(webp, { format, quality: 5 });
    expect(coarse.bytes.byteLength).toBeLessThan(fine.bytes.byteLength);
    expect(Buffer.from(coarse.bytes).toString("hex").startsWith(magic[format])).toBe(true);
  });

  it("puts clear parts of a jpeg on white", async () => {
    const clear = await sharp({
      create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .webp()
      .toBuffer();
    const jpeg = await convertImage({ mediaType: "image/webp", bytes: clear }, { format: "jpeg" });
    const pixels = await sharp(jpeg.bytes).raw().toBuffer();
    expect(Math.min(...pixels)).toBeGreaterThan(250);
  });

  it("fails as an upstream fault when the bytes are no picture", async () => {
    const html = { mediaType: "image/webp", bytes: Buffer.from("<html>") };
    await expect(convertImage(html, { format: "png" })).rejects.toMatchObject({
      kind: "upstream-protocol",
    });
  });

  it("is refused with words where the library can't be loaded", async () => {
    await expect(convertImage(webp, { format: "png" }, failToLoad)).rejects.toMatchObject({
      kind: "unsupported",
      status: 400,
      param: "output_format",
      message: expect.stringContaining("to get webp"),
    });
  });
});
