import { ExportResultCode, type ExportResult } from "@opentelemetry/core";
import { expect, test } from "vitest";

import { tellExport } from "../../src/telemetry/tell-export.ts";

test("the first failure is told, and that it works again; who asked hears of each", () => {
  const lines: unknown[] = [];
  const results: ExportResult[] = [];
  let next: ExportResult;
  const exporter = tellExport(
    { export: (_spans, done) => done(next), shutdown: async () => {} },
    {
      warn: (_fields: unknown, text?: string) => lines.push(text),
      info: (_fields: unknown, text?: string) => lines.push(text),
    },
  );
  const well = { code: ExportResultCode.SUCCESS };
  const ill = { code: ExportResultCode.FAILED, error: new Error("nobody there") };
  for (next of [well, ill, ill, well, well, ill]) exporter.export([], (result) => results.push(result));
  expect(lines).toEqual([
    "traces can't be sent and are lost",
    "traces are sent again",
    "traces can't be sent and are lost",
  ]);
  expect(results).toEqual([well, ill, ill, well, well, ill]);
});
