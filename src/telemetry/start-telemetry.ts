import type { Logger } from "pino";

import type { Config } from "../config.ts";
import type { Observers } from "../server/request-observer.ts";
import { createMetrics, type MetricSources } from "./create-metrics.ts";
import { findTraceEndpoint } from "./find-trace-endpoint.ts";
import { createMetricsListener } from "./metrics-listener.ts";
import { createMetricsPage, type MetricsPage } from "./metrics-page.ts";
import { startTracing, type Tracing, type TracingOptions } from "./start-tracing.ts";

/** What watches a gateway from outside of it. */
export interface Telemetry {
  readonly observers: Observers;
  /** For the gateway's own port; `undefined`: it has none there. */
  readonly metricsPage: MetricsPage | undefined;
  /** Listens on `METRICS_ADDRESS` if there is one, and resolves with the URL of the page. Rejects where it can't be had. */
  listen(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** What telemetry is started with. */
export interface TelemetryOptions extends MetricSources, Pick<TracingOptions, "addressOf" | "startTimer"> {
  readonly config: Config;
  readonly log: Logger;
}

/** Starts what the settings ask for: metrics, traces. Without them nothing is loaded, and nobody watches. */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const [metrics, tracing] = [await startMetrics(options), await startTraces(options)];
  return {
    observers: [...(metrics?.observers ?? []), ...(tracing === undefined ? [] : [tracing.observer])],
    metricsPage: metrics?.listener === undefined ? metrics?.page : undefined,
    listen: async () => metrics?.listener?.listen(),
    async close() {
      await Promise.all([metrics?.listener?.close(), tracing?.close()]);
    },
  };
}

async function startMetrics({ config, ...sources }: TelemetryOptions) {
  const { METRICS_ADDRESS: address, METRICS_TOKEN: token } = config;
  if (address === undefined && token === undefined) return undefined;
  const metrics = await createMetrics(sources);
  const page = createMetricsPage(metrics, token);
  const listener = address === undefined ? undefined : createMetricsListener(page, address);
  return { observers: [metrics.observer], page, listener };
}

async function startTraces({ config, log, ...options }: TelemetryOptions): Promise<Tracing | undefined> {
  const { url, warnings } = findTraceEndpoint(config);
  for (const warning of warnings) log.warn({ event: "traces" }, warning);
  return url === undefined ? undefined : startTracing({ ...options, url, log });
}
