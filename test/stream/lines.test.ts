import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createLineDecoder, LineTooLongError } from "../../src/stream/lines.ts";

function decode(pieces: readonly Uint8Array[], maxLineBytes = 1_000_000): string[] {
  const decoder = createLineDecoder({ maxLineBytes });
  return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.end()];
}

function bytes(text: string): Buffer {
  return Buffer.from(text, "utf8");
}

describe("lines of bytes", () => {
  test.each([
    ["a\nb\n", ["a", "b"]],
    ["a\nb", ["a", "b"]],
    ["a\r\nb\r\n", ["a", "b"]],
    ["a\r\r\nb\rc", ["a\r", "b\rc"]],
    ["\n\n", ["", ""]],
    ["  a \t\n", ["  a \t"]],
    ["a\u2028b\u2029c\u0085d\n", ["a\u2028b\u2029c\u0085d"]],
    ["\uFEFFa\n\uFEFFb\n", ["a", "\uFEFFb"]],
    ["", []],
    ["last\r", ["last"]],
  ])("%j is %j", (text, lines) => {
    expect(decode([bytes(text)])).toEqual(lines);
  });

  test("a cut at any byte, also inside a character, changes nothing", () => {
    const whole = bytes('0:"žluťoučký 中文 😀"\r\n\n👩‍👩‍👧‍👦 end');
    const expected = decode([whole]);
    for (let at = 0; at <= whole.length; at += 1) {
      expect(decode([whole.subarray(0, at), whole.subarray(at)])).toEqual(expected);
    }
    expect(decode([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  test("any text in any pieces gives the lines of the whole", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, (parts) => {
        expect(decode(parts)).toEqual(decode([Buffer.concat(parts)]));
      }),
      { numRuns: 300 },
    );
  });

  test("a line of 5 MB in small pieces passes whole", () => {
    const piece = bytes("x".repeat(1000));
    const lines = decode([...Array.from({ length: 5000 }, () => piece), bytes("\ny\n")], 6_000_000);
    expect(lines.map((line) => line.length)).toEqual([5_000_000, 1]);
  });

  test("a line beyond the limit fails, many short ones do not", () => {
    expect(() => decode([bytes("x".repeat(60)), bytes("x".repeat(60))], 100)).toThrow(LineTooLongError);
    expect(decode([bytes("x\n".repeat(500))], 100)).toHaveLength(500);
  });
});
