import type { SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { Logger } from "pino";

/**
 * An exporter whose failures are in the log: the first one, and that it works again. The library tells nobody, and a line for each
 * batch would fill the log of a gateway whose collector is away.
 */
export function tellExport(exporter: SpanExporter, log: Pick<Logger, "info" | "warn">): SpanExporter {
  let works = true;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const { error } = result;
        if (error !== undefined && works)
          log.warn({ event: "traces", err: error }, "traces can't be sent and are lost");
        if (error === undefined && !works) log.info({ event: "traces" }, "traces are sent again");
        works = error === undefined;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
