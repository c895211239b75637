/** One of the values that a chart shows at each step. */
export interface ChartSeries {
  readonly name: string;
  readonly kind: "accent" | "accent-2" | "red";
  /** `null`: there is none at this step, and a gap stays a gap. */
  readonly values: readonly (number | null)[];
}

/** What a chart draws. */
export interface ChartData {
  /** `bars`: each series stands on the one before it, the first at the foot. */
  readonly form: "bars" | "lines";
  /** Beginnings of the steps, ms since the epoch. */
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly series: readonly ChartSeries[];
  /** Of the axis, and of the values in words. */
  readonly writeAxis: (value: number) => string;
  readonly write: (value: number) => string;
}

/** The tops of the bars, series by series: each is the sum of those up to it. */
export function stack(series: readonly ChartSeries[]): readonly (readonly (number | null)[])[] {
  let below: readonly number[] = [];
  return series.map(({ values }) => {
    const tops = values.map((value, index) => (value ?? 0) + (below[index] ?? 0));
    below = tops;
    return tops;
  });
}

/** The highest value that is drawn. */
export function findHighest(data: ChartData): number {
  const drawn = data.form === "bars" ? stack(data.series) : data.series.map(({ values }) => values);
  return Math.max(0, ...drawn.flatMap((values) => values.map((value) => value ?? 0)));
}
