import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { detectPictureFormat, headLength, tailLength } from "../../src/model/picture-format.ts";

const image = sharp({ create: { width: 9, height: 7, channels: 3, background: "#a31" } });
const bytes = (text: string) => Buffer.from(text, "latin1");

/** Real files where the library makes them, otherwise how such a file begins. */
const pictures: readonly (readonly [string, string, Uint8Array])[] = [
  ["webp", "image/webp", await image.clone().webp().toBuffer()],
  ["lossless webp", "image/webp", await image.clone().webp({ lossless: true }).toBuffer()],
  ["png", "image/png", await image.clone().png().toBuffer()],
  ["jpeg", "image/jpeg", await image.clone().jpeg().toBuffer()],
  ["progressive jpeg", "image/jpeg", await image.clone().jpeg({ progressive: true }).toBuffer()],
  ["gif", "image/gif", await image.clone().gif().toBuffer()],
  ["avif", "image/avif", await image.clone().avif().toBuffer()],
  ["heic", "image/heic", bytes("\0\0\0\x18ftypheic\0\0\0\0mif1")],
  ["heif", "image/heif", bytes("\0\0\0\x18ftypmif1\0\0\0\0mif1")],
  ["bmp", "image/bmp", bytes("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0")],
  ["bmp as by Photoshop", "image/bmp", bytes("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x7c\0\0\0")],
];

const whole = pictures.filter(([name]) => !/heic|heif|bmp/.test(name));
const counted = whole.filter(([name]) => name !== "avif");

function isWhole(file: Uint8Array): boolean {
  const format = detectPictureFormat(file.subarray(0, headLength));
  if (format === undefined) return false;
  return file.length >= (format.length ?? 0) && format.ends(file.subarray(-tailLength));
}

describe("a picture's format", () => {
  it.each(pictures)("%s is %s by its first bytes", (_, mediaType, file) => {
    expect(detectPictureFormat(file)?.mediaType).toBe(mediaType);
    expect(detectPictureFormat(file.subarray(0, headLength))?.mediaType).toBe(mediaType);
  });

  it.each([
    ["nothing", ""],
    ["a page", "<!DOCTYPE html><html>"],
    ["JSON", '{"error":"Image not found"}'],
    ["a drawing that may hold scripts", '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ["the same as XML", '<?xml version="1.0"?><svg/>'],
    ["words that begin with BM", "BMW and others are cars, not pictures"],
    ["sound in the container of webp", "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0"],
    ["webp with a length of nothing", "RIFF\0\0\0\0WEBPVP8 \x10\0\0\0"],
    ["a film in the container of avif", "\0\0\0\x18ftypisom\0\0\0\0isom"],
    ["base64", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"],
    ["a PDF", "%PDF-1.7\n%âãÏÓ\n1 0 obj"],
  ])("%s is none", (_, text) => {
    expect(detectPictureFormat(bytes(text))).toBeUndefined();
  });

  it("may lie anywhere in memory", () => {
    const [, , file] = pictures[0]!;
    const moved = Buffer.concat([bytes("xyz"), file]).subarray(3);
    expect(detectPictureFormat(moved)).toMatchObject({ mediaType: "image/webp", length: file.length });
  });
});

describe("the end of a picture", () => {
  it.each(whole)("is there in a whole %s", (_, __, file) => {
    expect(isWhole(file)).toBe(true);
  });

  it.each(counted)("may have filling behind it in %s", (_, __, file) => {
    expect(isWhole(Buffer.concat([file, Buffer.alloc(16)]))).toBe(true);
  });

  it.each(counted)("is missed wherever %s is cut", (_, __, file) => {
    for (let length = 0; length < file.length; length += 1) {
      expect([length, isWhole(file.subarray(0, length))]).toEqual([length, false]);
    }
  });
});
