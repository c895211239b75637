import type { Registry } from "prom-client";

import type { PromClient } from "./request-metrics.ts";

/** A state that is looked at when somebody scrapes, and not before. */
export interface ScrapedGauge {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** What several processes of one gateway have together. */
  readonly together: "sum" | "min" | "max";
  /** The values of now, each with all labels; a series that is not given is gone. Asks no upstream. */
  readonly read: () => GaugeValues | Promise<GaugeValues>;
}

/** Values, each with all labels of its gauge. */
export type GaugeValues = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

/** Adds gauges to a registry. */
export function addScrapedGauges(
  { Gauge }: PromClient,
  registry: Registry,
  gauges: readonly ScrapedGauge[],
): void {
  for (const { name, help, labels, together, read } of gauges) {
    const gauge: InstanceType<typeof Gauge> = new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      aggregator: together,
      async collect() {
        const now = await read();
        gauge.reset();
        for (const [values, value] of now) gauge.set(values, value);
      },
    });
  }
}
