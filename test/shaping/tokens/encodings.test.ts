import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import * as fc from "fast-check";
import {
  countTokens as countCl100k,
  decode as decodeCl100k,
  encode as encodeCl100k,
} from "gpt-tokenizer/encoding/cl100k_base";
import {
  countTokens as countO200k,
  decode as decodeO200k,
  encode as encodeO200k,
} from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, test } from "vitest";

import { takeTokens } from "../../../src/shaping/count-tokens.ts";
import { findEncoding, loadEncoding } from "../../../src/shaping/tokens/encodings.ts";

const docs = join(import.meta.dirname, "../../../docs");

/** Words as people and machines write them, and what makes tokenizers stumble. */
const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: "grapheme", maxLength: 100 }),
  fc.string({
    unit: fc.constantFrom(...Array.from("abtheING'sS019 \n\r\t./{}\"_-=äßñ漢字の한🙂\u200d\ufffd\ud83d")),
    maxLength: 300,
  }),
  fc
    .array(
      fc.constantFrom(
        "the",
        " quick",
        "Fox",
        "'LL",
        " 12345",
        "\r\n\n",
        "   ",
        "漢字漢字",
        "…",
        "👩‍👩‍👧",
        "<|endoftext|>",
        "/\n/",
      ),
      {
        maxLength: 60,
      },
    )
    .map((words) => words.join("")),
  fc
    .tuple(fc.constantFrom("a", " ", "=", "漢", "é", "🙂", "\n", "x\u0301"), fc.integer({ min: 1, max: 150 }))
    .map(([unit, times]) => unit.repeat(times)),
);

/** The library loses byte order marks from its tables and its answers; tiktoken and we do not. */
const markless = texts.map((text) => text.replaceAll("\ufeff", ""));

const textOnly = { disallowedSpecial: new Set<string>() };

describe.each([
  ["cl100k_base", undefined, { count: countCl100k, encode: encodeCl100k, decode: decodeCl100k }],
  ["o200k_base", "gpt-oss-120b", { count: countO200k, encode: encodeO200k, decode: decodeO200k }],
] as const)("%s", (name, model, library) => {
  function count(text: string): number {
    const counted = { at: 0, tokens: 0 };
    findEncoding(name).advance(text, counted, text.length);
    expect(counted.at).toBe(text.length);
    return counted.tokens;
  }

  test("counts any text as the library does that the tables come from", () => {
    fc.assert(
      fc.property(markless, (text) => {
        expect(count(text)).toBe(library.count(text, textOnly));
      }),
      { numRuns: 1500 },
    );
  });

  test("and texts of this project", () => {
    for (const file of readdirSync(docs).filter((name) => name.endsWith(".md"))) {
      const text = readFileSync(join(docs, file), "utf8");
      expect([file, count(text)]).toEqual([file, library.count(text, textOnly)]);
    }
  });

  test("counts the same in steps of any length", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 50 }), (text, units) => {
        const counted = { at: 0, tokens: 0 };
        while (counted.at < text.length) findEncoding(name).advance(text, counted, units);
        expect(counted.tokens).toBe(count(text));
      }),
      { numRuns: 300 },
    );
  });

  test("takes as many tokens as the library, less what is half a character", () => {
    fc.assert(
      fc.property(markless, fc.integer({ min: 1, max: 40 }), (text, limit) => {
        const whole = Buffer.from(text).toString();
        const taken = takeTokens(whole, limit, model);
        expect(whole.startsWith(taken)).toBe(true);
        const tokens = library.encode(whole, textOnly);
        const decoded = library.decode(tokens.slice(0, limit));
        // The library's decoder is one for all texts and keeps half a character.
        library.decode(tokens.slice(limit));
        expect(decoded.startsWith(taken)).toBe(true);
        expect(decoded.slice(taken.length)).toMatch(/^\ufffd*$/);
      }),
      { numRuns: 500 },
    );
  });

  test("has the byte order mark as one token, as its table says", () => {
    expect(count("\ufeff")).toBe(1);
    expect(count("\ufeffusing")).toBe(1);
    expect(takeTokens("\ufeffusing System", 1, model)).toBe("\ufeffusing");
  });

  test("is loaded once, whoever asks first", () => {
    const known = findEncoding(name);
    expect(loadEncoding(name).next()).toEqual({ done: true, value: known });
    expect(findEncoding(name)).toBe(known);
  });
});
