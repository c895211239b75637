/**
 * What an answer's JSON, or a call's, may hold to be read: `JSON.parse` can't be interrupted. No model's answer comes near:
 * 128,000 tokens are some 60,000 values, and half a million characters.
 */
export const jsonLimits = {
  /** JSON values, keys not counted. */
  values: 100_000,
  /** Different keys of all objects: each takes ten times as long as one that is known, and again in every pass. */
  keys: 20_000,
  /** UTF-16 units. */
  text: 2_097_152,
} as const;

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const space = 0x20;
/** A comma and the opening brackets. */
const openers: ReadonlySet<number> = new Set([0x2c, 0x5b, 0x7b]);

/** What JSON holds too many of, told by its signs outside of strings; stops where it is too much. */
function findCrowd(json: string): string | undefined {
  // Each value takes a sign at least, and each key that is not known six with its value.
  if (json.length <= Math.min(jsonLimits.values, jsonLimits.keys * 6)) return undefined;
  const keys = new Set<string>();
  let values = 1;
  for (let at = 0; at < json.length; at += 1) {
    const unit = json.charCodeAt(at);
    if (unit === quote) {
      const end = findQuote(json, at + 1);
      if (isColonNext(json, end + 1)) keys.add(json.slice(at + 1, end));
      if (keys.size > jsonLimits.keys) return `${jsonLimits.keys} different keys`;
      at = end;
    } else if (openers.has(unit)) {
      values += 1;
      if (values > jsonLimits.values) return `${jsonLimits.values} JSON values`;
    }
  }
  return undefined;
}

function isColonNext(json: string, from: number): boolean {
  let at = from;
  while (json.charCodeAt(at) <= space) at += 1;
  return json.charCodeAt(at) === colon;
}

/** Where a string ends that begins at `from`; the end of the text if it doesn't. */
function findQuote(json: string, from: number): number {
  for (let end = json.indexOf('"', from); end !== -1; end = json.indexOf('"', end + 1)) {
    let before = end;
    while (before > from && json.charCodeAt(before - 1) === backslash) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return json.length;
}

/** Why JSON is too large to be read, in words that go on from "it"; `undefined` when it is not. */
export function findExcess(json: string): string | undefined {
  if (json.length > jsonLimits.text) return `is longer than ${jsonLimits.text} characters`;
  const crowd = findCrowd(json);
  return crowd === undefined ? undefined : `holds more than ${crowd}`;
}

/** As `JSON.parse`, which throws for what is no JSON; throws `Error` for what is too large, too. */
export function parseBounded(json: string): unknown {
  const excess = findExcess(json);
  if (excess !== undefined) throw new Error(`The JSON ${excess}.`);
  return JSON.parse(json) as unknown;
}
