import type { Logger } from "pino";

import type { RequestObserver } from "../server/request-observer.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import { tellExport } from "./tell-export.ts";
import { createRequestTracer, type TracerMeans } from "./trace-requests.ts";

/** What tracing is started with. */
export interface TracingOptions extends Pick<TracerMeans, "addressOf"> {
  /** Where traces are posted. */
  readonly url: string;
  readonly version: string;
  readonly log: Logger;
  readonly startTimer: StartTimer;
}

/** Traces of one gateway. */
export interface Tracing {
  readonly observer: RequestObserver;
  /** Sends what is left, and waits some seconds for that at most. */
  close(): Promise<void>;
}

/** A collector that is away must not keep a gateway from stopping. */
const lastWordsMs = 3000;

/**
 * Starts traces, and loads the library for them, which reads its own settings (sampler, headers, batches, resource) from the process'
 * environment. Nothing is registered globally: other parts of a process have their own.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { url, version, addressOf, log, startTimer } = options;
  const [api, { W3CTraceContextPropagator }, resources, sdk, { OTLPTraceExporter }] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/core"),
    import("@opentelemetry/resources"),
    import("@opentelemetry/sdk-trace-base"),
    import("@opentelemetry/exporter-trace-otlp-http"),
  ]);
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } = resources;
  const provider = new sdk.BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": "akashchat-api", "service.version": version }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new sdk.BatchSpanProcessor(tellExport(new OTLPTraceExporter({ url }), log))],
  });
  return {
    observer: createRequestTracer({
      api,
      tracer: provider.getTracer("akashchat-api", version),
      propagator: new W3CTraceContextPropagator(),
      addressOf,
      now: Date.now,
    }),
    close: () =>
      new Promise((resolve) => {
        const stop = startTimer(lastWordsMs, () => {
          log.warn({ event: "traces" }, "the last traces could not be sent in time and are lost");
          resolve();
        });
        const done = (): void => {
          stop();
          resolve();
        };
        // A failure was told when it came (`tellExport`).
        void provider
          .shutdown()
          .catch(() => undefined)
          .finally(done);
      }),
  };
}
