const text = 0x30;
const reasoning = 0x67;
const colon = 0x3a;
const quote = 0x22;
const backslash = 0x5c;
const lineFeed = 0x0a;
const blank = 0x20;
const opening = '0:"'.length;
const closing = '"\n'.length;

/** All escapes but `\u`. */
const escapes = new Set(Buffer.from(String.raw`"\/bfnrt`));

/** A line grows no further from so many bytes on: what a delta holds must not grow without bound. */
const joinedLimit = 16_384;
const longPiece = 128;

/**
 * Joins lines of the data stream that follow each other and are text, or are reasoning: `0:"a"`, `0:"b"` is `0:"ab"`, which means
 * the same. An upstream that writes faster than it is read brings hundreds in one read, and to cut out, check and unquote a line
 * costs far more than to copy its bytes. Lines that are not surely right stay as they are, and so does the first, which may be
 * the rest of one.
 */
export function joinTextLines(bytes: Uint8Array): Uint8Array {
  const first = endOfLine(bytes, 0);
  if (first === bytes.length) return bytes;
  const joined = Buffer.allocUnsafe(bytes.length);
  let length = copy(bytes, 0, first, joined, 0);
  /** Where the line begins to which another of its kind can be joined. */
  let open: number | undefined;
  for (let from = first; from < bytes.length;) {
    const stringEnd = endOfString(bytes, from);
    const end = stringEnd ?? endOfLine(bytes, from);
    if (stringEnd === undefined) {
      open = undefined;
      length = copy(bytes, from, end, joined, length);
    } else if (open === undefined || joined[open] !== bytes[from] || length - open >= joinedLimit) {
      open = length;
      length = copy(bytes, from, end, joined, length);
    } else {
      length = copy(bytes, from + opening, end, joined, length - closing);
    }
    from = end;
  }
  return joined.subarray(0, length);
}

/** What is behind the line at `from`, if it is whole, and a string of text or reasoning without a fault. */
function endOfString(bytes: Uint8Array, from: number): number | undefined {
  if (bytes[from + 1] !== colon || bytes[from + 2] !== quote) return undefined;
  if (bytes[from] !== text && bytes[from] !== reasoning) return undefined;
  for (let at = from + opening; ; at += 1) {
    const byte = bytes[at];
    if (byte === quote) return bytes[at + 1] === lineFeed ? at + closing : undefined;
    if (byte === undefined || byte < blank) return undefined;
    if (byte !== backslash) continue;
    at += 1;
    if (!escapes.has(bytes[at] ?? 0)) return undefined;
  }
}

function endOfLine(bytes: Uint8Array, from: number): number {
  const at = bytes.indexOf(lineFeed, from);
  return at === -1 ? bytes.length : at + 1;
}

/** Gives where the copy ends. `Uint8Array.set` takes ten times as long for a few bytes. */
function copy(bytes: Uint8Array, from: number, to: number, target: Uint8Array, start: number): number {
  if (to - from > longPiece) {
    target.set(bytes.subarray(from, to), start);
    return start + to - from;
  }
  let length = start;
  for (let at = from; at < to; at += 1) {
    target[length] = bytes[at] ?? 0;
    length += 1;
  }
  return length;
}
