import { ConfigError, type Config } from "../config.ts";

/** The settings of OpenTelemetry that are looked at here; the rest of them is the library's. */
export type TraceSettings = Pick<
  Config,
  | "OTEL_SDK_DISABLED"
  | "OTEL_TRACES_EXPORTER"
  | "OTEL_EXPORTER_OTLP_ENDPOINT"
  | "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
  | "OTEL_EXPORTER_OTLP_PROTOCOL"
  | "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
>;

/** Where traces go, and what of the settings is not done as they say. `url` is `undefined`: there are no traces. */
export interface TraceEndpoint {
  readonly url: string | undefined;
  readonly warnings: readonly string[];
}

const usualEndpoint = "http://localhost:4318";

/**
 * Finds out where traces are sent, by the rules of OpenTelemetry, but that there are none while nothing names an exporter. Throws
 * `ConfigError` for an address that is none.
 * Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function findTraceEndpoint(settings: TraceSettings): TraceEndpoint {
  const exporters = settings.OTEL_TRACES_EXPORTER?.split(",").map((name) => name.trim());
  const own = settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const shared = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  const isWanted = exporters === undefined ? (own ?? shared) !== undefined : exporters.includes("otlp");
  if (settings.OTEL_SDK_DISABLED?.toLowerCase() === "true") return { url: undefined, warnings: [] };
  const strange = exporters?.filter((name) => name !== "otlp" && name !== "none") ?? [];
  const warnings = strange.map(
    (name) => `OTEL_TRACES_EXPORTER: there is no exporter "${name}" here, only otlp`,
  );
  if (!isWanted) return { url: undefined, warnings };
  const protocol = settings.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? settings.OTEL_EXPORTER_OTLP_PROTOCOL;
  if (protocol !== undefined && protocol !== "http/json")
    warnings.push(`OTEL_EXPORTER_OTLP_PROTOCOL: traces are sent as http/json, not as ${protocol}`);
  const url = own ?? `${(shared ?? usualEndpoint).replace(/\/+$/, "")}/v1/traces`;
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return { url, warnings };
  const name = own === undefined ? "OTEL_EXPORTER_OTLP_ENDPOINT" : "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  throw new ConfigError([`${name}: must be an http:// or https:// URL`]);
}
