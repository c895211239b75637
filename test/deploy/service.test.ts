import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { readConfig, settings } from "../../src/config.ts";

const page = readFileSync(new URL("../../docs/deploy.md", import.meta.url), "utf8");
const [, unit = ""] = /^```ini\n(.*?)^```$/ms.exec(page) ?? [];
const valueOf = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";

test("the service of docs/deploy.md sets settings that there are", () => {
  const names = valueOf("Environment")
    .split(" ")
    .map((entry) => entry.split("=", 1)[0] ?? "");
  expect(names.filter((name) => !(name in settings))).toEqual(["NODE_ENV"]);
  expect(valueOf("ExecStart")).toBe("/usr/bin/node dist/main.js serve");
  // Without a terminal SIGHUP reads the file again, and replaces workers.
  expect(valueOf("ExecReload")).toBe("/bin/kill -HUP $MAINPID");
});

test("it has more time to end than running answers, and what supervises workers, take", () => {
  const { SHUTDOWN_TIMEOUT_MS } = readConfig({});
  // Of `serve-workers.ts`: then stuck ones are killed.
  const stuckMs = 10_000;
  expect(Number(valueOf("TimeoutStopSec")) * 1000).toBeGreaterThan(SHUTDOWN_TIMEOUT_MS + stuckMs);
});
