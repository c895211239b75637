import { hash } from "node:crypto";

import { LRUCache } from "lru-cache";

import { countTokens, countTokensAtPace, encodingNameOf } from "../shaping/count-tokens.ts";
import type { Pace } from "../stream/pace.ts";

/** Texts of fewer UTF-16 units are counted about as fast as they are found. */
const shortest = 32;
/** Making the digest of a longer text would hold others up. */
const longest = 262_144;

/** Of each encoding. */
const remembered = 10_000;

/**
 * How many tokens texts have: of a conversation that comes again with every turn, only what is new is counted. By digests that nobody can
 * make two texts for, so that no text is kept, and none has another's count; some 200 bytes each.
 */
const counts = {
  cl100k_base: new LRUCache<string, number>({ max: remembered }),
  o200k_base: new LRUCache<string, number>({ max: remembered }),
};

function keyOf(text: string): string | undefined {
  return text.length < shortest || text.length > longest ? undefined : hash("sha256", text, "base64");
}

/** The count of a text that is remembered. */
export function knownCount(text: string, model?: string): number | undefined {
  const key = keyOf(text);
  return key === undefined ? undefined : counts[encodingNameOf(model)].get(key);
}

/** As `countTokens`, but each text is counted once, as long as it is remembered. */
export function countOnce(text: string, model?: string): number {
  const key = keyOf(text);
  if (key === undefined) return countTokens(text, model);
  const ofEncoding = counts[encodingNameOf(model)];
  const known = ofEncoding.get(key);
  if (known !== undefined) return known;
  const count = countTokens(text, model);
  ofEncoding.set(key, count);
  return count;
}

/** As `countTokensAtPace`, but each text is counted once, as long as it is remembered. Rejects when the pace does. */
export async function countOnceAtPace(text: string, pace: Pace, model?: string): Promise<number> {
  const known = knownCount(text, model);
  if (known !== undefined) {
    const rest = pace.rest();
    if (rest !== undefined) await rest;
    return known;
  }
  const count = await countTokensAtPace(text, pace, model);
  const key = keyOf(text);
  if (key !== undefined) counts[encodingNameOf(model)].set(key, count);
  return count;
}
