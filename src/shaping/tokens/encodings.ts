import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { CL100K_TOKEN_SPLIT_REGEX, O200K_TOKEN_SPLIT_REGEX } from "gpt-tokenizer/encodingParams/constants";

import { createEncoding, type Encoding } from "./encoding.ts";
import { readRankTable } from "./rank-table.ts";

/** OpenAI's public encodings that are used here. */
export type EncodingName = "cl100k_base" | "o200k_base";

const patterns: Readonly<Record<EncodingName, RegExp>> = {
  cl100k_base: CL100K_TOKEN_SPLIT_REGEX,
  o200k_base: O200K_TOKEN_SPLIT_REGEX,
};
const { resolve } = createRequire(import.meta.url);
const loaded = new Map<EncodingName, Encoding>();

/** Reads an encoding, which takes 20 to 40 ms, with a yield after each stretch of some tenths of a millisecond. */
function* load(name: EncodingName): Generator<void, Encoding, undefined> {
  const table = yield* readRankTable(readFileSync(resolve(`gpt-tokenizer/data/${name}.tiktoken`)));
  const encoding = createEncoding({ table, words: patterns[name] });
  loaded.set(name, encoding);
  return encoding;
}

/** The encoding of that name, loaded at once if it is not there yet. */
export function findEncoding(name: EncodingName): Encoding {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const steps = load(name);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** Loads all encodings that are not there yet, step by step: for whoever has time before they are needed. */
export function* loadEncodings(): Generator<void, void, undefined> {
  for (const name of ["cl100k_base", "o200k_base"] as const) {
    if (!loaded.has(name)) yield* load(name);
  }
}
