/** The tokens of an encoding by their bytes: some megabytes of plain numbers, however many tokens there are. */
export interface RankTable {
  /** The rank of the token that is these bytes from `from` to `to`, or `noRank`. A lower rank is merged first. */
  find(bytes: Uint8Array, from: number, to: number): number;
}

/** Above every rank. */
export const noRank = 0x7fff_ffff;

const lineFeed = 10;
const space = 32;
const padding = 61;
/** `IQ== 0` and its end. */
const shortestLine = 7;
/** So many lines are read between two looks at the time: some tenths of a millisecond. */
const linesAtOnce = 2000;

const base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** The six bits of each of them, by its code. */
const sixBits = new Uint8Array(256);
for (let bits = 0; bits < base64Letters.length; bits += 1) sixBits[base64Letters.charCodeAt(bits)] = bits;

/** FNV-1a, a byte at a time. */
const hashStart = 0x811c_9dc5;
function addToHash(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x0100_0193);
}

/**
 * Reads a table in the form of tiktoken: a line `<base64 of the bytes> <rank>` for each token, in the order of the
 * ranks from 0 on. Yields between stretches of some tenths of a millisecond, and returns the table.
 */
export function* readRankTable(file: Uint8Array): Generator<void, RankTable, undefined> {
  const lines = createLineReader(file);
  while (lines.read(linesAtOnce)) yield;
  const { hashes, ...tokens } = lines.take();
  const table = createTable(tokens, hashes.length);
  for (let rank = 0; rank < hashes.length; rank += linesAtOnce) {
    table.add(hashes, rank, Math.min(hashes.length, rank + linesAtOnce));
    yield;
  }
  return table;
}

/** All tokens in the order of their ranks: their bytes one behind the other, and where each ends. */
interface Tokens {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

// The loops are functions of their own, not part of the generator, where they would take three times as long.
function createLineReader(file: Uint8Array) {
  // Base64 takes four letters for three bytes.
  const bytes = new Uint8Array(Math.ceil(file.length * 0.75));
  const ends = new Uint32Array(Math.ceil(file.length / shortestLine));
  const hashes = new Int32Array(ends.length);
  let at = 0;
  let length = 0;
  let count = 0;

  function readLine(): void {
    let bits = 0;
    let held = 0;
    let hash = hashStart;
    for (let letter = file[at] ?? space; letter !== space; letter = file[(at += 1)] ?? space) {
      if (letter === padding) continue;
      bits = (bits << 6) | (sixBits[letter] ?? 0);
      held += 6;
      if (held < 8) continue;
      held -= 8;
      const byte = (bits >> held) & 0xff;
      bytes[length] = byte;
      length += 1;
      hash = addToHash(hash, byte);
    }
    // What is behind the space is the number of the line.
    while (at < file.length && file[at] !== lineFeed) at += 1;
    at += 1;
    ends[count] = length;
    hashes[count] = hash;
    count += 1;
  }

  return {
    /** Reads so many lines, and returns whether there are more. */
    read(lines: number): boolean {
      for (let line = 0; line < lines && at < file.length; line += 1) readLine();
      return at < file.length;
    },
    take: () => ({
      bytes: bytes.slice(0, length),
      ends: ends.slice(0, count),
      hashes: hashes.subarray(0, count),
    }),
  };
}

/** A slot holds a rank, and above it bits of the hash that mostly tell without a look at the bytes that it is another. */
const rankBits = 18;
const rankMask = 2 ** rankBits - 1;
const empty = -1;

/** A hash table with open addressing, at most half full. */
function createTable({ bytes: all, ends }: Tokens, size: number) {
  const mask = 2 ** Math.ceil(Math.log2(size * 2)) - 1;
  const slots = new Int32Array(mask + 1).fill(empty);

  function isToken(rank: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = rank === 0 ? 0 : (ends[rank - 1] ?? 0);
    if ((ends[rank] ?? 0) - start !== to - from) return false;
    for (let at = from; at < to; at += 1) if (all[start + at - from] !== bytes[at]) return false;
    return true;
  }

  return {
    /** Adds the tokens of these ranks. */
    add(hashes: Int32Array, from: number, to: number): void {
      for (let rank = from; rank < to; rank += 1) {
        const hash = hashes[rank] ?? 0;
        let slot = spread(hash) & mask;
        while (slots[slot] !== empty) slot = (slot + 1) & mask;
        slots[slot] = (hash & ~rankMask) | rank;
      }
    },
    find(bytes: Uint8Array, from: number, to: number): number {
      let hash = hashStart;
      for (let at = from; at < to; at += 1) hash = addToHash(hash, bytes[at] ?? 0);
      let slot = spread(hash) & mask;
      for (;;) {
        const held = slots[slot] ?? empty;
        if (held === empty) return noRank;
        const rank = held & rankMask;
        if (((held ^ hash) & ~rankMask) === 0 && isToken(rank, bytes, from, to)) return rank;
        slot = (slot + 1) & mask;
      }
    },
  };
}

/** FNV's high bits are its better ones; a mask takes the low ones. */
function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}
