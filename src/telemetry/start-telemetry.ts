import type { Config } from "../config.ts";
import type { Observers } from "../server/request-observer.ts";
import { createMetrics, type MetricSources } from "./create-metrics.ts";
import { createMetricsListener } from "./metrics-listener.ts";
import { createMetricsPage, type MetricsPage } from "./metrics-page.ts";

/** What watches a gateway from outside of it. */
export interface Telemetry {
  readonly observers: Observers;
  /** For the gateway's own port; `undefined`: it has none there. */
  readonly metricsPage: MetricsPage | undefined;
  /** Listens on `METRICS_ADDRESS` if there is one, and resolves with the URL of the page. Rejects where it can't be had. */
  listen(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Starts what the settings ask for: metrics. Without them nothing is loaded, and nobody watches. */
export async function startTelemetry(config: Config, sources: MetricSources): Promise<Telemetry> {
  const { METRICS_ADDRESS: address, METRICS_TOKEN: token } = config;
  if (address === undefined && token === undefined)
    return { observers: [], metricsPage: undefined, listen: async () => undefined, close: async () => {} };
  const metrics = await createMetrics(sources);
  const page = createMetricsPage(metrics, token);
  const listener = address === undefined ? undefined : createMetricsListener(page, address);
  return {
    observers: [metrics.observer],
    metricsPage: listener === undefined ? page : undefined,
    listen: async () => listener?.listen(),
    close: async () => listener?.close(),
  };
}
