import type { Registry } from "prom-client";

import type { Catalogue } from "../routing/router.ts";
import type { RequestObserver } from "../server/request-observer.ts";
import { listGatewayGauges, type GaugeSources } from "./gateway-gauges.ts";
import { createRequestMetrics, type PromClient } from "./request-metrics.ts";
import { addScrapedGauges } from "./scraped-gauges.ts";

/** What metrics are made of. */
export interface MetricSources extends GaugeSources {
  /** The models that there are, as they were last known. */
  readonly lastCatalogue: () => Pick<Catalogue, "find"> | undefined;
}

/** The metrics of one gateway, and of its process. */
export interface Metrics {
  /** Counts requests. */
  readonly observer: RequestObserver;
  readonly contentType: string;
  /** All of them as text, in Prometheus' format. */
  render(): Promise<string>;
}

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
  const prom = await import("prom-client");
  const registry = new prom.Registry();
  const observer = createRequestMetrics(
    prom,
    registry,
    (name) => sources.lastCatalogue()?.find(name)?.id === name,
  );
  addScrapedGauges(prom, registry, listGatewayGauges(sources));
  const registries = [registry, registryOfProcess(prom)];
  return {
    observer,
    contentType: registry.contentType,
    async render() {
      const texts = await Promise.all(registries.map((one) => one.metrics()));
      return texts.join("");
    },
  };
}
