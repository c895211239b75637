/** A value of a metric, as it goes between processes. */
interface SharedValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Of a histogram: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
}

/** A counter or a histogram, as it goes between processes. */
export interface SharedMetric {
  readonly name: string;
  readonly values: readonly SharedValue[];
}

/** Adds up what processes have counted that are gone. */
export function addMetrics(
  one: readonly SharedMetric[],
  other: readonly SharedMetric[],
): readonly SharedMetric[] {
  const metrics = new Map(one.map((metric) => [metric.name, metric]));
  for (const metric of other) {
    const known = metrics.get(metric.name);
    metrics.set(metric.name, known === undefined ? metric : { ...metric, values: addValues(known, metric) });
  }
  return [...metrics.values()];
}

function addValues(one: SharedMetric, other: SharedMetric): readonly SharedValue[] {
  const values = new Map(one.values.map((value) => [keyOf(value), value]));
  for (const value of other.values) {
    const known = values.get(keyOf(value));
    values.set(keyOf(value), { ...value, value: value.value + (known?.value ?? 0) });
  }
  return [...values.values()];
}

function keyOf({ metricName, labels }: SharedValue): string {
  return JSON.stringify([metricName, ...Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}
