import { expect, test } from "vitest";

import { readConfig } from "../../src/config.ts";
import { findTraceEndpoint } from "../../src/telemetry/find-trace-endpoint.ts";

const shared = "OTEL_EXPORTER_OTLP_ENDPOINT";
const own = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const find = (env: Readonly<Record<string, string>>) => findTraceEndpoint(readConfig(env));

test.each([
  ["nothing", {}, undefined],
  ["an endpoint of all signals", { [shared]: "http://a:4318" }, "http://a:4318/v1/traces"],
  ["one with a path and a slash", { [shared]: "https://a/otlp/" }, "https://a/otlp/v1/traces"],
  ["one of traces, which is taken as it is", { [shared]: "http://a", [own]: "http://b/x" }, "http://b/x"],
  ["an exporter alone", { OTEL_TRACES_EXPORTER: "otlp" }, "http://localhost:4318/v1/traces"],
  ["no exporter, in so many words", { OTEL_TRACES_EXPORTER: "none", [shared]: "http://a" }, undefined],
  ["disabled", { OTEL_SDK_DISABLED: "TRUE", [shared]: "http://a" }, undefined],
  ["not disabled", { OTEL_SDK_DISABLED: "false", [shared]: "http://a" }, "http://a/v1/traces"],
])("%s", (_, env, url) => {
  expect(find(env)).toEqual({ url, warnings: [] });
});

test("what is not done as the settings say is told", () => {
  expect(find({ OTEL_TRACES_EXPORTER: "console" })).toEqual({
    url: undefined,
    warnings: ['OTEL_TRACES_EXPORTER: there is no exporter "console" here, only otlp'],
  });
  expect(find({ [shared]: "http://a:4317", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toEqual({
    url: "http://a:4317/v1/traces",
    warnings: ["OTEL_EXPORTER_OTLP_PROTOCOL: traces are sent as http/json, not as grpc"],
  });
  expect(find({ [shared]: "http://a", OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json" }).warnings).toEqual(
    [],
  );
});

test("an address that is none, only where it is used", () => {
  expect(() => find({ [shared]: "collector:4317" })).toThrow(`${shared}: must be an http:// or https:// URL`);
  expect(() => find({ [own]: "/v1/traces" })).toThrow(`${own}: must be an http:// or https:// URL`);
  expect(find({ [shared]: "collector:4317", OTEL_SDK_DISABLED: "true" }).url).toBeUndefined();
});
