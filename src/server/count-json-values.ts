import type { Pace } from "../stream/pace.ts";

/** Bytes that are looked through at once: about a millisecond. */
const stepBytes = 1_048_576;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const openBrace = 0x7b;

/**
 * Whether a JSON text holds more than `most` values, keys counted with them. It is told by the commas and opening
 * brackets outside of strings, before anything is parsed: what `JSON.parse` takes grows with the number of values,
 * and it can't be interrupted. Text that is no JSON gives any answer.
 */
export async function holdsMoreValues(json: Uint8Array, most: number, pace: Pace): Promise<boolean> {
  let count = 1;
  let inString = false;
  for (let at = 0; at < json.length;) {
    const end = Math.min(at + stepBytes, json.length);
    for (; at < end; at += 1) {
      const byte = json[at];
      if (inString) {
        if (byte === backslash) at += 1;
        else if (byte === quote) inString = false;
      } else if (byte === quote) inString = true;
      else if (byte === comma || byte === openBracket || byte === openBrace) count += 1;
    }
    if (count > most) return true;
    const rest = pace.rest();
    if (rest !== undefined) await rest;
  }
  return false;
}
