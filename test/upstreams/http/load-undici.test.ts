import { createRequire } from "node:module";

import * as undici from "undici";
import { expect, test } from "vitest";

import { loadUndici } from "../../../src/upstreams/http/load-undici.ts";

test("the parts of undici that are loaded are the library's own", () => {
  const { Agent, EnvHttpProxyAgent, buildConnector } = loadUndici();
  expect(Agent).toBe(undici.Agent);
  expect(EnvHttpProxyAgent).toBe(undici.EnvHttpProxyAgent);
  expect(buildConnector).toBe(undici.buildConnector);
});

// Where a version of undici has moved them, all of it is loaded, and each start takes longer.
test.each([
  "lib/dispatcher/agent.js",
  "lib/dispatcher/env-http-proxy-agent.js",
  "lib/core/connect.js",
  "lib/dispatcher/dispatcher.js",
  "lib/api/api-connect.js",
])("undici has %s", (file) => {
  expect(() => createRequire(import.meta.url).resolve(`undici/${file}`)).not.toThrow();
});
