import { hash } from "node:crypto";

import { LRUCache } from "lru-cache";

import { countTokens, countTokensAtPace, encodingNameOf } from "../shaping/count-tokens.ts";
import type { Pace } from "../stream/pace.ts";

/** Texts of fewer UTF-16 units are counted about as fast as they are found. */
const shortest = 32;
/** Making the digest of a longer text would hold others up. */
const longest = 262_144;

/**
 * How many tokens texts have: of a conversation that comes again with every turn, only what is new is counted. By digests that nobody can
 * make two texts for, so that no text is kept, and none has another's count; some 200 bytes each.
 */
const counts = new LRUCache<string, number>({ max: 20_000 });

function keyOf(text: string, model: string | undefined): string | undefined {
  if (text.length < shortest || text.length > longest) return undefined;
  return encodingNameOf(model) + hash("sha256", text, "base64");
}

/** The count of a text that is remembered. */
export function knownCount(text: string, model?: string): number | undefined {
  const key = keyOf(text, model);
  return key === undefined ? undefined : counts.get(key);
}

/** As `countTokens`, but each text is counted once, as long as it is remembered. */
export function countOnce(text: string, model?: string): number {
  const key = keyOf(text, model);
  const known = key === undefined ? undefined : counts.get(key);
  if (known !== undefined) return known;
  const count = countTokens(text, model);
  if (key !== undefined) counts.set(key, count);
  return count;
}

/** As `countTokensAtPace`, but each text is counted once, as long as it is remembered. Rejects when the pace does. */
export async function countOnceAtPace(text: string, pace: Pace, model?: string): Promise<number> {
  const key = keyOf(text, model);
  const known = key === undefined ? undefined : counts.get(key);
  if (known !== undefined) {
    const rest = pace.rest();
    if (rest !== undefined) await rest;
    return known;
  }
  const count = await countTokensAtPace(text, pace, model);
  if (key !== undefined) counts.set(key, count);
  return count;
}
