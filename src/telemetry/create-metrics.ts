import type { MetricObjectWithValues, MetricValue, Registry } from "prom-client";

import type { Survey } from "../model/survey.ts";
import type { Catalogue } from "../routing/router.ts";
import type { RequestObserver } from "../server/request-observer.ts";
import { listGatewayGauges, type GaugeSources } from "./gateway-gauges.ts";
import { createRequestMetrics, type PromClient } from "./request-metrics.ts";
import { addScrapedGauges } from "./scraped-gauges.ts";

/** What metrics are made of. */
export interface MetricSources extends GaugeSources {
  /** The models that there are, as they were last known. */
  readonly lastCatalogue: () => Pick<Catalogue, "find"> | undefined;
  /** With other processes of the same gateway: the page is of all of them. */
  readonly survey?: Survey | undefined;
}

/** The metrics of one gateway, and of its process. */
export interface Metrics {
  /** Counts requests. */
  readonly observer: RequestObserver;
  readonly contentType: string;
  /** All of them as text, in Prometheus' format. */
  render(): Promise<string>;
}

type Snapshot = MetricObjectWithValues<MetricValue<string>>[];

/** What is of the process is there once, however many gateways it runs: its observers can't be taken back. */
let processRegistry: Registry | undefined;

function registryOfProcess({ Registry, collectDefaultMetrics }: PromClient): Registry {
  if (processRegistry === undefined) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}

/** Creates the metrics, and loads the library for them. */
export async function createMetrics(sources: MetricSources): Promise<Metrics> {
  const { survey } = sources;
  const prom = await import("prom-client");
  const registry = new prom.Registry();
  const observer = createRequestMetrics(
    prom,
    registry,
    (name) => sources.lastCatalogue()?.find(name)?.id === name,
  );
  addScrapedGauges(prom, registry, listGatewayGauges(sources));
  const registries = [registry, registryOfProcess(prom)];

  async function snapshot(): Promise<Snapshot> {
    return (await Promise.all(registries.map((one) => one.getMetricsAsJSON()))).flat();
  }

  /** What goes on counting when the process is gone: never what it had at that time. */
  async function lastSnapshot(): Promise<Snapshot> {
    // The library's own names of types.
    return (await snapshot()).filter(({ type }) => /^(?:counter|histogram)$/.test(String(type)));
  }

  survey?.answer("metrics", snapshot, lastSnapshot);
  return {
    observer,
    contentType: registry.contentType,
    async render() {
      if (survey !== undefined) {
        // Ours, from other processes.
        const others = (await survey.ask("metrics")) as Snapshot[];
        return prom.AggregatorRegistry.aggregate([await snapshot(), ...others]).metrics();
      }
      const texts = await Promise.all(registries.map((one) => one.metrics()));
      return texts.join("");
    },
  };
}
