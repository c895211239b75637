/** The program with OpenTelemetry's own variables, as they stand in a .env file. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";

import { post } from "../support/post.ts";
import { startProgram } from "../support/run-program.ts";
import { startCollector } from "./start-collector.ts";

test("a .env file may have all of OpenTelemetry's variables, and the environment wins", async () => {
  await using collector = await startCollector();
  const folder = await mkdtemp(join(tmpdir(), "traces-"));
  await writeFile(
    join(folder, ".env"),
    [
      `OTEL_EXPORTER_OTLP_ENDPOINT=${collector.url}`,
      "OTEL_EXPORTER_OTLP_HEADERS=x-team=blue",
      "OTEL_SERVICE_NAME=not this one",
      "OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=staging",
      "SERVER_ADDRESS=127.0.0.1:0",
    ].join("\n"),
  );
  const child = startProgram(["serve"], { OTEL_SERVICE_NAME: "my-gateway" }, folder);
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { address } = JSON.parse(String(line));
  expect((await post(`${address}/v1/chat/completions`, { messages: "none" })).status).toBe(400);
  child.kill("SIGTERM");
  await once(child, "exit");
  expect(collector.spans()).toMatchObject([
    {
      name: "POST /v1/chat/completions",
      resource: {
        "service.name": "my-gateway",
        "deployment.environment.name": "staging",
        "telemetry.sdk.language": "nodejs",
      },
    },
  ]);
  expect(collector.headers).toMatchObject([{ "x-team": "blue", "content-type": "application/json" }]);
  await rm(folder, { recursive: true });
});
