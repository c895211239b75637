/** Metrics by their names with labels in alphabetical order: `a_total{x="1",y="2"}`. */
export type Samples = ReadonlyMap<string, number>;

/** Reads Prometheus' text format, as far as it is written here. Throws on a line that is none. */
export function readMetrics(text: string): Samples {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const match = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
      if (match === null) throw new Error(`No sample: ${line}`);
      const [, name, labels = "", value] = match;
      const sorted = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([one]) => one).toSorted();
      return [sorted.length === 0 ? String(name) : `${name}{${sorted.join(",")}}`, Number(value)] as const;
    }),
  );
}

/** Those whose name with labels begins so, without the buckets of histograms and what is 0. */
export function pick(samples: Samples, ...beginnings: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...samples].filter(
      ([name, value]) =>
        value !== 0 && !name.includes("_bucket{") && beginnings.some((start) => name.startsWith(start)),
    ),
  );
}
