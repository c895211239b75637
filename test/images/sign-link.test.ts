import { describe, expect, it } from "vitest";
import type { ImageLink } from "../../src/images/image-service.ts";
import { createLinkSigner, isImageFileName } from "../../src/images/sign-link.ts";

const signer = createLinkSigner("a secret of the tests");

function readLink(url: string): ImageLink {
  const { pathname, searchParams } = new URL(url);
  const format = searchParams.get("format");
  const quality = searchParams.get("quality");
  return {
    fileName: pathname.slice(pathname.lastIndexOf("/") + 1),
    signature: searchParams.get("sig") ?? "",
    ...(format === null
      ? {}
      : {
          encoding: {
            format: format as "png",
            quality: quality === null ? undefined : Number(quality),
          },
        }),
  };
}

describe("image links", () => {
  it("are absolute, stable and verified", () => {
    const url = signer.encode("job_727ef62f_00001_.webp", "https://gate.example/base");
    expect(url).toMatch(
      /^https:\/\/gate\.example\/base\/v1\/images\/files\/job_727ef62f_00001_\.webp\?sig=[\w-]{22}$/,
    );
    expect(signer.encode("job_727ef62f_00001_.webp", "https://gate.example/base")).toBe(url);
    expect(signer.verify(readLink(url))).toBe(true);
  });

  it("cover the conversion", () => {
    const link = readLink(signer.encode("a.webp", "http://x", { format: "jpeg", quality: 80 }));
    expect(link.encoding).toEqual({ format: "jpeg", quality: 80 });
    expect(signer.verify(link)).toBe(true);
    expect(signer.verify({ ...link, encoding: { format: "jpeg", quality: 81 } })).toBe(false);
    expect(signer.verify({ ...link, encoding: { format: "png", quality: 80 } })).toBe(false);
    expect(signer.verify({ fileName: link.fileName, signature: link.signature })).toBe(false);
  });

  it.each([
    ["another file", { fileName: "b.webp" }],
    ["no signature", { signature: "" }],
    ["a short signature", { signature: "AAAA" }],
    ["a long signature", { signature: "A".repeat(1000) }],
    ["a changed signature", { signature: "A".repeat(22) }],
    ["characters outside the alphabet", { signature: "é/../😀".repeat(5) }],
  ])("with %s are refused", (_, change) => {
    expect(signer.verify({ ...readLink(signer.encode("a.webp", "http://x")), ...change })).toBe(false);
  });

  it("of another secret are refused", () => {
    const other = createLinkSigner("another secret of the tests");
    expect(signer.verify(readLink(other.encode("a.webp", "http://x")))).toBe(false);
  });
});

describe("image file names", () => {
  it.each(["job_727ef62f_00001_.webp", "a.png", "A-1.jpeg", "0", "abc", "_a", "-a"])("%s is one", (name) => {
    expect(isImageFileName(name)).toBe(true);
  });

  it.each([
    "",
    ".",
    "..",
    "../get-workers",
    "..%2Fget-workers",
    "%2e%2e%2fget-workers",
    "a/b.webp",
    "a\\b.webp",
    ".htaccess",
    "a..b",
    "a.webp?ids=1",
    "a.webp#x",
    "a.webp&x=1",
    "a b.webp",
    "a.webp\n",
    "a\0.webp",
    "ä.webp",
    "a".repeat(201),
  ])("%j is none", (name) => {
    expect(isImageFileName(name)).toBe(false);
    expect(signer.verify(readLink(signer.encode("x", "http://x")))).toBe(true);
    expect(signer.verify({ fileName: name, signature: "A".repeat(22) })).toBe(false);
  });
});
