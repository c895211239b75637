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
/** Those that somebody has begun to load. Whoever needs one goes on with it, so that none is read twice, nor lost when the first one leaves. */
const begun = new Map<EncodingName, Iterator<void, Encoding, undefined>>();

/** Reads an encoding, which takes 20 to 40 ms, with a yield after each stretch of some tenths of a millisecond. */
function* read(name: EncodingName): Generator<void, Encoding, undefined> {
  const table = yield* readRankTable(readFileSync(resolve(`gpt-tokenizer/data/${name}.tiktoken`)));
  return createEncoding({ table, words: patterns[name] });
}

/** Goes on with the loading of an encoding by a step; returns it once it is there. Throws if its file can't be read; then the next call begins anew. */
function advance(name: EncodingName): Encoding | undefined {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const steps = begun.get(name) ?? read(name);
  // Not left there by a step that throws.
  begun.delete(name);
  const step = steps.next();
  if (step.done === true) loaded.set(name, step.value);
  else begun.set(name, steps);
  return loaded.get(name);
}

/** The encoding of that name, loaded at once if it is not there yet. */
export function findEncoding(name: EncodingName): Encoding {
  let encoding = advance(name);
  while (encoding === undefined) encoding = advance(name);
  return encoding;
}

/** Loads an encoding that is not there yet, step by step: for whoever can wait. */
export function* loadEncoding(name: EncodingName): Generator<void, Encoding, undefined> {
  for (;;) {
    const encoding = advance(name);
    if (encoding !== undefined) return encoding;
    yield;
  }
}
