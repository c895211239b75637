import { expect, test } from "vitest";

import { decodeBase64Text, isTextType } from "../../src/dialects/text-media.ts";

test.each([
  ["text/x-python", true],
  ["TEXT/plain; charset=utf-8", true],
  ["application/json", true],
  ["application/sql", true],
  ["application/problem+json", true],
  ["image/svg+xml", false],
  ["application/pdf", false],
  ["text/", false],
  ["", false],
])("the bytes of %o are text: %o", (mediaType, expected) => {
  expect(isTextType(mediaType)).toBe(expected);
});

test("base64 is read as UTF-8 and nothing else", () => {
  expect(decodeBase64Text(Buffer.from("Háček 🙂").toString("base64"))).toBe("Háček 🙂");
  // Of either alphabet, with line breaks, and without padding.
  expect(decodeBase64Text("YWI_\r\nPn7Dt8O_YQ\n")).toBe("ab?>~÷ÿa");
  for (const plain of ["Hello, world", "Žluť", "YQ==YQ==", "YQ==="])
    expect(() => decodeBase64Text(plain)).toThrow(TypeError);
  expect(() => decodeBase64Text(Buffer.from([0xff, 0xfe]).toString("base64"))).toThrow(TypeError);
});
