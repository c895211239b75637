import * as fc from "fast-check";
import { expect, test } from "vitest";

import { joinTextLines } from "../../../src/upstreams/akash-chat/join-text-lines.ts";
import { decodePieces } from "./support/decode-bytes.ts";

function join(text: string): string {
  return Buffer.from(joinTextLines(Buffer.from(text, "utf8"))).toString("utf8");
}

test.each([
  ["text", 'f:{}\n0:"a"\n0:"b "\n0:"ž😀"\n', 'f:{}\n0:"ab ž😀"\n'],
  ["reasoning", 'f:{}\ng:"a"\ng:"b"\n0:"c"\n0:"d"\n', 'f:{}\ng:"ab"\n0:"cd"\n'],
  ["escapes", String.raw`f:{}|0:"a\n"|0:"\"b\\"|0:"c"|`, String.raw`f:{}|0:"a\n\"b\\c"|`],
])("lines of %s are joined", (_kind, lines, joined) => {
  expect(join(lines.replaceAll("|", "\n"))).toBe(joined.replaceAll("|", "\n"));
});

test.each([
  ["the first, which may be the rest of a line", '0:"a"\n0:"b"\n'],
  ["the last, while it is not whole", 'f:{}\n0:"a"\n0:"b"'],
  ["a single one", '0:"a"\n'],
  ["lines between which another stands", 'f:{}\n0:"a"\n2:[]\n0:"b"\n'],
  ["a quote in the text", 'f:{}\n0:"a"\n0:"b"c"\n0:"d\n'],
  ["an escape that is none, or half a character", String.raw`f:{}|0:"a"|0:"\'"|0:"b"|0:"\ud83d"|0:"c\|0:"|`],
  ["a control character", 'f:{}\n0:"a"\n0:"\t"\n0:"b"\r\n'],
])("stays as it is: %s", (_name, lines) => {
  const text = lines.replaceAll("|", "\n");
  expect(join(text)).toBe(text);
});

test("a line grows no further than a delta may", () => {
  const line = `0:"${"x".repeat(1000)}"\n`;
  const lengths = join(`f:{}\n${line.repeat(40)}`)
    .split("\n")
    .map((joined) => joined.length);
  expect(lengths.length).toBe(5);
  expect(Math.max(...lengths)).toBeLessThan(17_500);
});

const part = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => `0:${JSON.stringify(text)}`),
  },
  {
    weight: 3,
    arbitrary: fc.string({ unit: "binary", maxLength: 4 }).map((text) => `g:${JSON.stringify(text)}`),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '0:"a"',
      '0:"b "',
      '0:""',
      'g:"c"',
      String.raw`0:"\n"`,
      String.raw`0:"\ud83d"`,
    ),
  },
  fc.constantFrom('0:"a"b"', '0:"\\"', '0:"\t"', '0:"', '0:"x"\r', "", "f:{}", '2:["a"]', '3:"no"', "d:{}"),
);

test("an answer in any pieces is the same, joined or not", () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), fc.array(fc.nat(400), { maxLength: 3 }), (parts, cuts) => {
      const bytes = Buffer.from(`${parts.join("\n")}\nd:{"finishReason":"stop"}\n`, "utf8");
      const places = [0, ...cuts.toSorted((one, other) => one - other), bytes.length];
      const pieces = places.slice(1).map((to, index) => bytes.subarray(places[index], to));
      const { failure, ...joined } = decodePieces(pieces.map(joinTextLines));
      const { failure: expected, ...plain } = decodePieces(pieces);
      expect(joined).toEqual(plain);
      expect(failure?.message).toBe(expected?.message);
    }),
    { numRuns: 2000 },
  );
});
