/** Times of many requests, in ms: how many fall into each bucket. A bucket is an eighth of an octave wide, so that what is told of it is right within 5 %. */
export type Times = ReadonlyMap<number, number>;

/** A median, and what 95 of 100 did not exceed, in whole ms, within 5 %: the middle of the bucket of the nearest rank. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

const bucketsInOctave = 8;
/** More than a month: what takes longer counts as that. */
const lastBucket = 255;
/** An entry is the number of a bucket and how often it was met, as a number of three bytes, the highest first. */
const entryBytes = 4;
const mostOften = 0xff_ff_ff;

/** The bucket of a time: 0 below 1 ms, 1 from there on. */
export function bucketOf(ms: number): number {
  return ms < 1 ? 0 : Math.min(lastBucket, 1 + Math.floor(bucketsInOctave * Math.log2(ms)));
}

/** What is told of a bucket's times: its geometric middle, in whole ms. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 0 : Math.round(2 ** ((bucket - 0.5) / bucketsInOctave));
}

/** Counts buckets, each as often as it is there. */
export function countBuckets(buckets: Iterable<number>): Times {
  const times = new Map<number, number>();
  for (const bucket of buckets) times.set(bucket, (times.get(bucket) ?? 0) + 1);
  return times;
}

/** Adds times to others. */
export function addTimes(sum: Map<number, number>, times: Times): void {
  for (const [bucket, count] of times) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
}

/** Times as they are kept: four bytes for each bucket. What was encoded apart may be put together as it is, in any order. */
export function encodeTimes(times: Times): Uint8Array {
  const bytes = new Uint8Array(times.size * entryBytes);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const [bucket, count] of times) {
    view.setUint32(offset, bucket * 2 ** 24 + Math.min(count, mostOften));
    offset += entryBytes;
  }
  return bytes;
}

/** The times that were encoded. */
export function decodeTimes(bytes: Uint8Array): Times {
  const times = new Map<number, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0; offset + entryBytes <= bytes.length; offset += entryBytes) {
    const entry = view.getUint32(offset);
    const bucket = entry >>> 24;
    times.set(bucket, (times.get(bucket) ?? 0) + (entry & mostOften));
  }
  return times;
}

/** Percentiles of times; `undefined` of none. */
export function percentilesOf(times: Times): Percentiles | undefined {
  const buckets = [...times].sort(([one], [other]) => one - other);
  const all = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0) return undefined;
  const percentile = (percent: number) => {
    let left = Math.ceil((all * percent) / 100);
    const found = buckets.find(([, count]) => (left -= count) <= 0);
    return middleOf(found?.[0] ?? lastBucket);
  };
  return { p50: percentile(50), p95: percentile(95) };
}
